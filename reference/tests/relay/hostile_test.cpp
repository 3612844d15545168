// Servers at random: whatever they say, each message gets an outcome for each recipient, once, and the
// session ends. Most get far enough to have mail transferred, or it would show nothing. The seeds are fixed,
// so a failure can be seen again.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>

using namespace dialog;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(hostile)

namespace {

class random_host {
  public:
    explicit random_host(unsigned seed)
        : random_(seed) {}

    std::size_t below(std::size_t n) { return random_() % n; }
    bool once_in(std::size_t n) { return below(n) == 0; }

    // Mostly what a server would say, or the session would never get anywhere.
    std::string says(const std::string& last_command) {
        static const std::array odd = {"421 bye\r\n"s,
                                       "250 OK\r\n"s,
                                       "354 go\r\n"s,
                                       "550 5.1.1 no\r\n"s,
                                       "452 too many\r\n"s,
                                       "451 4.3.0 hm\r\n"s,
                                       "250-a\r\n"s,
                                       "250-a\r\n550 b\r\n"s,
                                       "\0\r\n"s,
                                       "250 OK\n"s,
                                       "334 eHg=\r\n"s,
                                       "220 go\r\n"s,
                                       "552 full\r\n"s,
                                       "hello\r\n"s,
                                       "250 OK\r\n250 OK\r\n"s,
                                       "1"s,
                                       "\r\n"s,
                                       "503 5.5.1 no\r\n"s};
        if (once_in(25)) return odd[below(odd.size())];
        if (last_command.starts_with("EHLO") || last_command.starts_with("LHLO")) return capabilities();
        if (last_command.starts_with("DATA")) return "354 go\r\n";
        if (last_command.starts_with("STARTTLS")) return "220 go\r\n";
        if (last_command.starts_with("AUTH")) return "235 2.7.0 fine\r\n";
        return "250 2.0.0 OK\r\n";
    }

  private:
    std::string capabilities() {
        std::vector<std::string> words;
        for (const char* word : {"PIPELINING", "SIZE 100000", "8BITMIME", "CHUNKING", "BINARYMIME",
                                 "SMTPUTF8", "DSN", "STARTTLS", "AUTH PLAIN LOGIN", "REQUIRETLS"})
            if (once_in(2)) words.push_back(word);
        return ehlo(words);
    }
    std::mt19937 random_;
};

// One session against one host; the owner's part is played with all that may go wrong there, too.
class duel {
  public:
    explicit duel(unsigned seed)
        : host_(seed)
        , session_(settings()) {}

    std::size_t taken = 0;

    void fight() {
        for (int step = 0; step < 3000 && !session_.closed(); ++step) {
            obey();
            if (session_.closed()) break;
            if (session_.ready())
                begun_ == 3 ? session_.quit() : begin();
            else
                provoke();
        }
        obey();
        BOOST_TEST(session_.closed());
        BOOST_TEST(finished_ == begun_);
    }

  private:
    relay::session_settings settings() {
        auto made = with({}).settings;
        made.lmtp = host_.once_in(5);
        made.tls = static_cast<relay::security>(host_.below(3));
        made.recipients = 1 + host_.below(4);
        if (host_.once_in(10)) made.user = made.password = "joe", made.plaintext_auth = true;
        return made;
    }
    void begin() {
        static const std::array contents = {"Subject: x\r\n\r\nHello.\r\n"s,
                                            "MIME-Version: 1.0\r\n\r\n.\xe4\r\n"s, "\r\n\xff"s, "x\ny\r\n"s,
                                            ""s};
        content_ = contents[host_.below(contents.size())];
        message_ = to({"a@x.test", "b@x.test", "c@x.test", "gr\xc3\xbc\xc3\x9f@x.test"}, content_);
        message_.entry.smtputf8 = host_.once_in(2);
        message_.entry.require_tls = host_.once_in(5);
        if (host_.once_in(4)) message_.entry.body = queue::entry::body::binary_mime;
        relay::mail wanted;
        wanted.entry = std::make_shared<queue::entry>(message_.entry);
        wanted.recipients = {0, 1, 2, 3};
        ++begun_;
        session_.begin(std::move(wanted));
    }
    void provoke() {
        if (host_.once_in(60)) return session_.timed_out();
        if (host_.once_in(60)) return session_.disconnected("eof");
        if (in_handshake_) return end_handshake();
        const auto reply = host_.says(commands_.empty() ? "" : commands_.front());
        if (!commands_.empty()) commands_.erase(commands_.begin());
        session_.receive(reply);
    }
    void end_handshake() {
        in_handshake_ = false;
        if (host_.once_in(4)) return session_.tls_failed("no");
        if (host_.once_in(4)) return session_.tls_too_weak("no");
        session_.tls_started(host_.once_in(2));
    }
    void obey() {
        while (auto a = session_.next()) {
            if (auto* sent = std::get_if<relay::send>(&*a)) hear(sent->octets);
            if (std::holds_alternative<relay::start_tls>(*a)) in_handshake_ = true, commands_.clear();
            if (auto* read = std::get_if<relay::read_content>(&*a)) give(read->from_the_start);
            if (auto* done = std::get_if<relay::finished>(&*a)) {
                ++finished_;
                BOOST_TEST(done->outcomes.size() == 4u);
                for (const auto& one : done->outcomes) {
                    BOOST_TEST(!one.status.empty());
                    using is = enum relay::outcome::what;
                    taken += one.what == is::relayed || one.what == is::delivered;
                }
            }
        }
    }
    void give(bool from_the_start) {
        if (from_the_start) rest_ = content_;
        if (host_.once_in(40)) return session_.content_failed("disk on fire");
        if (rest_.empty()) return session_.content_ended();
        const auto piece = rest_.substr(0, 1 + host_.below(9));
        rest_.erase(0, piece.size());
        session_.content(piece);
    }
    // Commands are whole lines; what is content is told by what came before it.
    void hear(std::string_view octets) {
        if (octets.starts_with("BDAT")) {
            commands_.push_back("BDAT");
            return;
        }
        while (!octets.empty()) {
            const auto end = octets.find("\r\n");
            const std::string line(octets.substr(0, end));
            octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 2);
            static const std::array verbs = {"EHLO"s, "LHLO"s, "HELO"s, "MAIL"s,     "RCPT"s, "DATA"s,
                                             "RSET"s, "QUIT"s, "AUTH"s, "STARTTLS"s, "."s};
            for (const auto& verb : verbs)
                if (line.starts_with(verb)) {
                    commands_.push_back(line);
                    break;
                }
        }
    }

    random_host host_;
    relay::session session_;
    message message_;
    std::string content_, rest_;
    std::vector<std::string> commands_; // that the host has not answered
    bool in_handshake_ = false;
    int begun_ = 0, finished_ = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(random_servers) {
    std::size_t taken = 0;
    for (unsigned seed = 1; seed <= 10'000; ++seed)
        BOOST_TEST_CONTEXT("seed " << seed) {
            duel one(seed);
            one.fight();
            taken += one.taken;
        }
    BOOST_TEST(taken > 5'000u);
}

BOOST_AUTO_TEST_CASE(random_octets) {
    for (unsigned seed = 1; seed <= 500; ++seed) {
        std::mt19937 random(seed);
        relay::session session(with({}).settings);
        std::size_t commands = 0;
        for (int i = 0; i < 500 && !session.closed(); ++i) {
            std::string octets(1 + random() % 300, '\0');
            static const std::string alphabet = "2345 0-\r\n\0xAUTH"s;
            for (char& c : octets)
                c = alphabet[random() % alphabet.size()];
            session.receive(octets);
            while (auto a = session.next())
                commands += std::holds_alternative<relay::send>(*a);
        }
        BOOST_TEST(session.closed());
        BOOST_TEST(commands <= 3u); // EHLO, HELO, QUIT
    }
}

BOOST_AUTO_TEST_SUITE_END()
