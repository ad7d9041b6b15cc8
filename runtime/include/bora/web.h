#pragma once

// Everything that a program with handlers needs.

#include <bora/core/io_loop.h>
#include <bora/core/locale.h>
#include <bora/core/options.h>
#include <bora/core/task.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>
#include <bora/web/observer.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>
#include <bora/web/static_file_handler.h>
#include <bora/web/stock_handlers.h>
#include <bora/web/supported_methods.h>
#include <bora/web/ui_module.h>
#include <bora/web/url_spec.h>
#include <bora/web/user_handler.h>
