// Log lines that a postmaster can grep: an event, then key=value pairs. A value with anything but
// plain characters is quoted and escaped, so that no client can forge a line or a key.
#pragma once
#include <string>
#include <string_view>

namespace refmail::daemon {

class log_line {
  public:
    explicit log_line(std::string_view event)
        : text_(event) {}
    log_line& add(std::string_view key, std::string_view value);
    log_line& add(std::string_view key, std::size_t value) { return add(key, std::to_string(value)); }
    log_line& add_unless_empty(std::string_view key, std::string_view value) {
        return value.empty() ? *this : add(key, value);
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string log_value(std::string_view value);

void start_log(const std::string& level); // to stderr; debug info warning error off

} // namespace refmail::daemon
