// Log lines; see the header.
#include "reference/daemon/log_line.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace refmail::daemon {

std::string log_value(std::string_view value) {
    const auto plain = [](unsigned char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
    };
    if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) return std::string(value);
    std::string quoted = "\"";
    for (const unsigned char c : value) {
        if (c == '"' || c == '\\')
            quoted += fmt::format("\\{}", static_cast<char>(c));
        else if (c >= ' ' && c < 0x7f)
            quoted += static_cast<char>(c);
        else
            quoted += fmt::format("\\x{:02x}", c);
    }
    return quoted + "\"";
}

log_line& log_line::add(std::string_view key, std::string_view value) {
    text_ += ' ';
    text_ += key;
    text_ += '=';
    text_ += log_value(value);
    return *this;
}

void start_log(const std::string& level) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("refmaild", sink);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(logger);
}

} // namespace refmail::daemon
