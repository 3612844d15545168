// The report as a message: RFC 6522 multipart/report, three parts, with the header that RFC 3464 §2 and
// RFC 3834 §3.1 ask for.
#include "reference/message/header_section.hpp"
#include "reference/message/message_id.hpp"
#include "reference/message/utf8.hpp"
#include "reference/report/explanation.hpp"
#include "reference/report/notification.hpp"
#include "reference/report/returned_content.hpp"
#include "reference/report/status_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace refmail::report {

namespace {

// The body of the first Message-ID field, if it is one that may be quoted.
class message_id_finder : public message::header_sink {
  public:
    void field(const message::header_field& f) override {
        if (!found_.empty() || !f.is("Message-ID") || !message::is_message_id(f.body())) return;
        auto body = f.body();
        const auto from = body.find('<');
        const auto end = body.rfind('>');
        if (message::is_ascii(body) && end - from < 900) found_ = body.substr(from, end - from + 1);
    }
    const std::string& found() const { return found_; }

  private:
    std::string found_;
};

std::string message_id_of(std::string_view original) {
    message_id_finder finder;
    message::header_section section(finder);
    while (!original.empty()) {
        const auto end = original.find("\r\n");
        const auto line = original.substr(0, end == std::string_view::npos ? end : end + 2);
        if (!section.take(line)) break;
        original.remove_prefix(line.size());
    }
    section.finish();
    return finder.found();
}

body_part human_part(const notification& n, bool returns_all) {
    auto text = explanation(n, returns_all);
    if (message::is_ascii(text)) return {"text/plain; charset=us-ascii", "7bit", std::move(text)};
    if (carries_eight_bit(n)) return {"text/plain; charset=utf-8", "8bit", std::move(text)};
    return {"text/plain; charset=utf-8", "quoted-printable", quoted_printable(text)};
}

// RFC 6533 §4.4: the traditional type where nothing is lost by it; RFC 3464 §2.1: that one is 7bit always.
body_part status_part(const notification& n) {
    const bool international = n.about.smtputf8 && has_international_address(n);
    if (!international) return {"message/delivery-status", "7bit", status_fields(n, charset::ascii)};
    auto fields = status_fields(n, charset::utf8);
    // RFC 6533 §6.4: 8bit, unless it is sent over a 7-bit transport.
    if (carries_eight_bit(n)) return {"message/global-delivery-status", "8bit", std::move(fields)};
    return {"message/global-delivery-status", "quoted-printable", quoted_printable(fields)};
}

// RFC 2046 §5.1.1: a boundary must not appear in any of the parts.
std::string free_boundary(std::string wish, const std::array<body_part, 3>& parts) {
    wish.resize(std::min<std::size_t>(wish.size(), 60));
    for (int attempt = 0;; ++attempt) {
        const auto boundary = attempt == 0 ? wish : fmt::format("{}_{}", wish, attempt);
        if (std::ranges::none_of(parts, [&](const body_part& p) { return p.octets.contains(boundary); }))
            return boundary;
    }
}

void add_part(std::string& out, std::string_view boundary, std::string_view description,
              const body_part& part) {
    fmt::format_to(std::back_inserter(out), "\r\n--{}\r\nContent-Type: {}\r\n", boundary, part.type);
    fmt::format_to(std::back_inserter(out), "Content-Description: {}\r\n", description);
    fmt::format_to(std::back_inserter(out), "Content-Transfer-Encoding: {}\r\n\r\n", part.encoding);
    out += part.octets;
}

std::string header(const notification& n, std::string_view original, bool eight_bit,
                   std::string_view boundary) {
    std::string out;
    auto add = [&](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    // RFC 3464 §2: from who looks after the mail system here, to the sender of the envelope.
    add("From", fmt::format("Mail Delivery System <postmaster@{}>", n.reporting_mta));
    add("To", fmt::format("<{}>", n.about.sender));
    add("Subject", subject_of(n));
    add("Date", date_time(n.now, n.utc_offset_minutes));
    add("Message-ID", n.message_id.starts_with('<') ? n.message_id : "<" + n.message_id + ">");
    // RFC 3834 §3.1.6, §5: programs that answer mail leave it alone, mail programs show it with its cause.
    if (const auto cause = message_id_of(original); !cause.empty()) {
        add("In-Reply-To", cause);
        add("References", cause);
    }
    add("Auto-Submitted", "auto-replied");
    add("MIME-Version", "1.0");
    add("Content-Type",
        fmt::format("multipart/report; report-type=delivery-status;\r\n boundary=\"{}\"", boundary));
    // RFC 2045 §6.4: no less than the most that a part needs.
    add("Content-Transfer-Encoding", eight_bit ? "8bit" : "7bit");
    return out;
}

} // namespace

std::string compose(const notification& n, std::string_view original) {
    auto returned = returned_content(n, original);
    const bool all = returned.type == "message/rfc822" || returned.type == "message/global";
    const std::array<body_part, 3> parts{human_part(n, all), status_part(n), std::move(returned)};
    const bool eight_bit =
        std::ranges::any_of(parts, [](const body_part& p) { return p.encoding == "8bit"; });
    const auto boundary = free_boundary(n.boundary, parts);

    auto out = header(n, original, eight_bit, boundary);
    out += "\r\nThis is a report about mail that you sent, in the form of RFC 3464.\r\n";
    add_part(out, boundary, "What happened", parts[0]);
    add_part(out, boundary, "Delivery report", parts[1]);
    add_part(out, boundary, all ? "Your message" : "The header of your message", parts[2]);
    out += fmt::format("\r\n--{}--\r\n", boundary);
    return out;
}

} // namespace refmail::report
