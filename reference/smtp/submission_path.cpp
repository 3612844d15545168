// Finds the end of a local-part that stands alone between angle brackets.
#include "reference/smtp/submission_path.hpp"

#include "reference/message/mailbox.hpp"

namespace refmail::smtp {

std::string complete_path(std::string_view arguments, std::string_view domain) {
    std::string out(arguments);
    if (!arguments.starts_with('<') || arguments.starts_with("<@")) return out;
    bool quoted = false;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const char c = arguments[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '@')
            return out;
        else if (!quoted && c == '>') {
            const auto local_part = arguments.substr(1, i - 1);
            if (!local_part.empty() && !message::is_postmaster(local_part))
                out.insert(i, "@" + std::string(domain));
            return out;
        }
    }
    return out;
}

} // namespace refmail::smtp
