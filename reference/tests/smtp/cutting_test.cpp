// However a stream of octets is cut into pieces, a session answers it alike and keeps the same messages: RFC
// 5321 §2.4, "byte-wise sending changes nothing". Streams are made of the pieces that parsers stumble over,
// by a generator with fixed seeds, so that a failure can be repeated. STARTTLS is left out: what follows it
// is dropped.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>

using namespace dialog;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(cutting)

namespace {

constexpr std::array pieces{
    "\r"sv,
    "\n"sv,
    "\r\n"sv,
    "\r\n"sv,
    "\r\n.\r\n"sv,
    "."sv,
    ".."sv,
    "x"sv,
    " "sv,
    "\0"sv,
    "\xff"sv,
    "Subject: x\r\n"sv,
    "EHLO c.test\r\n"sv,
    "MAIL FROM:<alice@example.test>\r\n"sv,
    "RCPT TO:<bob@example.test>\r\n"sv,
    "RCPT TO:<nosuch@example.test>\r\n"sv,
    "DATA\r\n"sv,
    "RSET\r\n"sv,
    "NOOP\r\n"sv,
    "VRFY bob\r\n"sv,
    "AUTH PLAIN\r\n"sv,
    "AUTH LOGIN YWxpY2U=\r\n"sv,
    "AGFsaWNlAGFsaWNlLXB3\r\n"sv,
    "*\r\n"sv,
    "From: alice@example.test\r\n"sv,
    "MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n"sv,
    "\r\n\r\n"sv,
    "To: a,\r\n b@c.test\r\n"sv,
    "\n.\n"sv,
    "MAIL FROM:<a@b.test> BODY=BINARYMIME\r\nRCPT TO:<bob@example.test>\r\n"sv,
    "MAIL FROM:<alice@example.test> SMTPUTF8\r\nRCPT TO:<j\xC3\xB6rg@example.test> NOTIFY=NEVER\r\n"sv,
    "BDAT 0 LAST\r\n"sv,
    "BDAT 7\r\n"sv,
    "BDAT 40\r\n"sv,
    "BDAT 90 LAST\r\n"sv,
    "BDAT 12 LAST\r\nSubject: x\r\n"sv,
    "Content-Transfer-Encoding: binary\r\n\r\n"sv,
    "\r\r\n"sv,
};

std::string make_stream(std::mt19937& random) {
    std::string out = "EHLO c.test\r\nLHLO c.test\r\nAUTH PLAIN AGFsaWNlAGFsaWNlLXB3\r\n";
    for (int i = 0; i < 60; ++i) {
        const auto n = random() % (pieces.size() + 1);
        if (n < pieces.size())
            out += pieces[n];
        else
            out.append(random() % 1200, 'y'); // around the limits of lines
    }
    return out;
}

struct result {
    std::string sent, kept;
};

class listener {
  public:
    explicit listener(const setup& s)
        : session_(s.policy, people(), {"s1", "127.0.0.1", true}, noon()) {
        drain();
    }
    void feed(std::string_view octets) {
        session_.receive(octets, noon());
        drain();
    }
    result finish() { return std::move(result_); }

  private:
    void drain() {
        while (auto a = session_.next()) {
            if (auto* s = std::get_if<smtp::send>(&*a))
                result_.sent += s->octets;
            else if (auto* v = std::get_if<smtp::verify_password>(&*a)) {
                session_.password_checked(smtp::password_verdict::good, v->user, noon());
            } else if (std::holds_alternative<smtp::begin_message>(*a))
                open_ = "[begin]";
            else if (auto* c = std::get_if<smtp::message_chunk>(&*a))
                open_ += c->octets;
            else if (std::holds_alternative<smtp::abort_message>(*a))
                open_.clear();
            else if (std::holds_alternative<smtp::commit_message>(*a)) {
                result_.kept += open_;
                session_.delivered({smtp::delivery_verdict::stored}, noon());
            }
        }
    }
    smtp::session session_;
    std::string open_;
    result result_;
};

void compare(const setup& s) {
    std::size_t replies = 0, messages = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        const auto stream = make_stream(random);
        listener whole(s);
        whole.feed(stream);
        const auto expected = whole.finish();
        listener cut(s);
        for (std::string_view rest = stream; !rest.empty();) {
            const auto n = std::min<std::size_t>(rest.size(), 1 + random() % (seed % 2 ? 5 : 90));
            cut.feed(rest.substr(0, n));
            rest.remove_prefix(n);
        }
        const auto got = cut.finish();
        BOOST_TEST(got.sent == expected.sent, "seed " << seed);
        BOOST_TEST(got.kept == expected.kept, "seed " << seed);
        replies += expected.sent.size();
        messages += expected.kept.size();
    }
    // The streams do get somewhere.
    BOOST_TEST(replies > 100'000u);
    BOOST_TEST(messages > 5'000u);
}

} // namespace

BOOST_AUTO_TEST_CASE(relay) {
    compare(mta());
}
BOOST_AUTO_TEST_CASE(submission_port) {
    compare(submissions());
}
BOOST_AUTO_TEST_CASE(local_delivery) {
    compare(lmtp());
}

BOOST_AUTO_TEST_SUITE_END()
