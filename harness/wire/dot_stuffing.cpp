// See the header.
#include "harness/wire/dot_stuffing.hpp"

namespace mailspec::wire {
namespace {

bool line_begins(std::string_view text, std::size_t at) {
    return at == 0 || (at >= 2 && text.substr(at - 2, 2) == "\r\n");
}

} // namespace

std::string dot_stuffed(std::string_view message) {
    std::string sent;
    sent.reserve(message.size() + 1);
    for (std::size_t i = 0; i < message.size(); ++i) {
        if (message[i] == '.' && line_begins(message, i)) sent += '.';
        sent += message[i];
    }
    return sent;
}

std::string dot_unstuffed(std::string_view sent) {
    std::string message;
    message.reserve(sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i)
        if (sent[i] != '.' || !line_begins(sent, i)) message += sent[i];
    return message;
}

} // namespace mailspec::wire
