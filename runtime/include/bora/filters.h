#pragma once

// The stock filters, and the handlers that go with them: docs/filters.md.

#include <bora/filters/body_limit.h>
#include <bora/filters/compress.h>
#include <bora/filters/cors.h>
#include <bora/filters/health.h>
#include <bora/filters/metrics.h>
#include <bora/filters/rate_limit.h>
#include <bora/filters/request_id.h>
#include <bora/filters/security_headers.h>
#include <bora/filters/server_timing.h>
#include <bora/filters/time_limit.h>
#include <bora/filters/trace_context.h>
