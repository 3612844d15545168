// Lines of mail data. RFC 5321 §4.1.1.4: "<LF>.<LF> MUST NOT be treated as equivalent to <CRLF>.<CRLF>".
// string_view::find is memchr: a line costs two scans.
#include "reference/smtp/data_decoder.hpp"

namespace refmail::smtp {

data_decoder::result data_decoder::next(std::string_view& input, std::string_view& line) {
    auto lf = input.find('\n');
    while (lf != std::string_view::npos && (lf == 0 || input[lf - 1] != '\r')) {
        blame(fault::bare_lf);
        lf = input.find('\n', lf + 1);
    }
    if (lf == std::string_view::npos) {
        // A stuffed dot and the CRLF may come on top. Beyond that skip, but stay in step: the CR of the
        // line's end may be the last octet that we have.
        if (input.size() > longest_line_ + 3) {
            blame(fault::line_too_long);
            in_overlong_line_ = true;
            input.remove_prefix(input.size() - (input.ends_with('\r') ? 1 : 0));
        }
        return result::more;
    }
    line = input.substr(0, lf + 1);
    input.remove_prefix(lf + 1);
    if (in_overlong_line_) {
        in_overlong_line_ = false;
        return result::line;
    }
    if (line == ".\r\n") return result::end;
    if (line.front() == '.') line.remove_prefix(1);
    if (line.size() > longest_line_) blame(fault::line_too_long);
    if (line.find('\r') != line.size() - 2) blame(fault::bare_cr);
    return result::line;
}

} // namespace refmail::smtp
