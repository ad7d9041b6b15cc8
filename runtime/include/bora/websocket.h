#pragma once

// WebSockets: handlers, channels and clients.

#include <bora/websocket/channel.h>
#include <bora/websocket/channel_handler.h>
#include <bora/websocket/websocket_connect.h>
#include <bora/websocket/websocket_handler.h>
#include <bora/websocket/worker_engine.h>
