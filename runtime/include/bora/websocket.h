#pragma once

// WebSockets: handlers and clients.

#include <bora/websocket/websocket_connect.h>
#include <bora/websocket/websocket_handler.h>
