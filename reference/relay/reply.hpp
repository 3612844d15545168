// What a server replies: RFC 5321 §4.2, with its enhanced status code (RFC 2034, RFC 3463). Read from a
// stream of octets that may come in any pieces, may never end, and may be anything at all: lines, their
// number and their sum are bounded. Decides nothing; acts on the code alone are for others.
// Refuses lines that do not end in CRLF, codes outside 2yz to 5yz, and replies whose lines differ in code.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::relay {

struct reply {
    int code = 0;
    std::vector<std::string> lines; // as they came, code included, CRLF taken off
    std::string enhanced; // "5.1.1" of the first line, if it is one and its class is that of the code

    bool positive() const { return code / 100 == 2; }
    bool intermediate() const { return code / 100 == 3; }
    bool temporary() const { return code / 100 == 4; }
    bool permanent() const { return code / 100 == 5; }
    std::string_view text(std::size_t line) const; // without the code and what separates it
    std::string printable() const; // lines joined by LF; what is no UTF-8 text is shown as "?"
};

// RFC 5321 §4.5.3.1.5: a reply line has 512 octets. Servers go beyond it; beyond these it is no server.
struct reply_limits {
    std::size_t line = 4096;
    std::size_t lines = 512;
    std::size_t total = 64 * 1024;
};

class reply_reader {
  public:
    enum class result {
        more,   // all input is used up, the reply is not complete
        whole,  // `into` is set; what follows is left in the input
        broken, // no reply of SMTP; fault() says why, and there is no way on
    };
    explicit reply_reader(reply_limits limits = {})
        : limits_(limits) {}

    result next(std::string_view& input, reply& into);
    bool is_amidst() const { return !line_.empty() || !reply_.lines.empty(); }
    void forget(); // what is begun
    const std::string& fault() const { return fault_; }

  private:
    result refuse(std::string why);
    result take_line(reply& into);

    reply_limits limits_;
    std::string line_; // begun
    relay::reply reply_;
    std::size_t total_ = 0;
    std::string fault_;
};

} // namespace refmail::relay
