// src/cli/notify.h
//
// Words to the service manager that started us, by the protocol of
// sd_notify(3).
#pragma once

#include <string_view>

namespace platter::cli {

// Sends "READY=1" or the like to $NOTIFY_SOCKET; nothing when nobody asked.
// Not being heard is no failure.
void notify_manager(std::string_view state) noexcept;

}  // namespace platter::cli
