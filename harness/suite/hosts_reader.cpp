// See the header. A host is a stock word, a map, or a list of these; `defers 2 times` is spelt out here.
// Refuses keys and words that are not in the manual's tables: a host that does something else than was meant
// would judge the server by it.
#include "harness/suite/hosts_reader.hpp"

#include "harness/suite/host_answers.hpp"
#include "harness/suite/line_cursor.hpp"
#include "harness/suite/nearest_word.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::suite {

namespace {

using host_protocol = host_behaviour::protocol;

const std::vector<std::string> smtp_keys = {"stock",    "offers", "answers",     "tls",     "names",
                                            "protocol", "auth",   "tls-version", "delay",   "script",
                                            "policy",   "status", "type",        "location"};
const std::vector<std::string> commands = {"greeting", "EHLO", "HELO", "LHLO", "STARTTLS",
                                           "AUTH",     "MAIL", "RCPT", "DATA", "message",
                                           "BDAT",     "RSET", "NOOP", "VRFY", "QUIT"};
const std::vector<std::string> certificates = {"none",        "valid",     "wrong-name", "expired",
                                               "self-signed", "untrusted", "broken"};
constexpr int most_deferrals = 1000;

bool is_host_name(std::string_view name) {
    return !name.empty() && name.size() <= 63 && name.front() != '-' && name.back() != '-' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

class hosts_reader {
  public:
    explicit hosts_reader(yaml_source& source)
        : source_(source) {}

    std::vector<host_plan> read(const YAML::Node& node, const written& key) {
        std::vector<host_plan> plans;
        yaml_map map(source_, node, key.at, "`hosts`", {});
        if (node.IsMap() && map.entries().empty())
            source_.report(key.at, "`hosts` is empty, expected `NAME: accepts`");
        for (auto& [name, value] : map.entries())
            if (auto plan = host(name, value)) plans.push_back(std::move(*plan));
        return plans;
    }

  private:
    std::optional<host_plan> host(const YAML::Node& name, const YAML::Node& value) {
        host_plan plan{name.Scalar(), {}, source_.position(name)};
        if (!is_host_name(plan.name)) {
            source_.report(
                name,
                fmt::format("found the host `{}`, expected small letters, digits and hyphens", plan.name));
            return std::nullopt;
        }
        name_ = plan.name;
        at_ = plan.at;
        if (value.IsSequence()) {
            for (const auto& item : value)
                connections(item, plan.connections);
        } else {
            connections(value, plan.connections);
        }
        if (plan.connections.empty()) return std::nullopt; // told already
        const bool off = std::ranges::any_of(plan.connections, [](auto& c) { return !c.listens(); });
        if (off && plan.connections.size() > 1)
            source_.report(name,
                           fmt::format("host `{}` has `off` among its connections, expected it alone: where "
                                       "nothing listens nobody can count",
                                       plan.name));
        const auto speaks = plan.connections.front().speaks;
        if (std::ranges::any_of(plan.connections, [&](auto& c) { return c.speaks != speaks; }))
            source_.report(
                name, fmt::format("host `{}` has several protocols, expected the same on each connection",
                                  plan.name));
        return plan;
    }

    // One entry may stand for several connections: `defers 2 times`.
    void connections(const YAML::Node& node, std::vector<host_behaviour>& into) {
        host_behaviour one;
        written stock{"accepts", at_};
        tls_written_ = false;
        if (node.IsScalar() && !node.Scalar().empty()) {
            stock = {node.Scalar(), source_.position(node)};
        } else if (node.IsMap()) {
            if (!behaviour(node, one, stock)) return;
        } else {
            source_.report(
                at_, fmt::format("found neither a word nor a map for host `{}`, expected a stock ({}), a "
                                 "map, or a list of these",
                                 name_, word_list(host_stocks())));
            return;
        }
        const auto times = stock_of(stock, one);
        if (!times) return;
        for (int i = 0; i < *times; ++i)
            into.push_back(one);
        if (*times > 0 && stock.text.starts_with("defers ")) one.stock = "accepts";
        if (*times == 0 || stock.text.starts_with("defers ")) into.push_back(std::move(one));
    }

    // How many connections see it before it accepts; 0: it is the one behaviour.
    std::optional<int> stock_of(const written& stock, host_behaviour& one) {
        one.stock = stock.text;
        if (stock.text.starts_with("defers ")) {
            const auto rest = std::string_view(stock.text).substr(7);
            int times = 0;
            const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), times);
            const std::string_view behind(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
            if (code != std::errc{} || times < 1 || times > most_deferrals ||
                (behind != " times" && behind != " time")) {
                source_.report(stock.at,
                               fmt::format("found `{}`, expected `defers` or `defers 2 times`", stock.text));
                return std::nullopt;
            }
            one.stock = "defers";
            return times;
        }
        if (std::ranges::find(host_stocks(), stock.text) == host_stocks().end()) {
            source_.report(stock.at,
                           fmt::format("unknown stock `{}` of host `{}`, expected {}{}", stock.text, name_,
                                       word_list(host_stocks()), did_you_mean(stock.text, host_stocks())));
            return std::nullopt;
        }
        if (one.stock == "secure" && !tls_written_) one.tls.what = host_certificate::kind::valid;
        return 0;
    }

    bool behaviour(const YAML::Node& node, host_behaviour& one, written& stock) {
        yaml_map map(source_, node, at_, fmt::format("host `{}`", name_), smtp_keys);
        if (auto word = map.text("stock")) stock = *word;
        speaks(map, one);
        tls_written_ = map.value("tls").IsDefined();
        if (one.speaks == host_protocol::https && !tls_written_) one.tls.what = host_certificate::kind::valid;
        if (auto word = map.text("tls")) certificate(*word, one);
        for (auto& name : map.words("names"))
            if (auto text = plain(name)) one.tls.names.push_back(std::move(*text));
        if (map.value("names").IsDefined() && one.tls.what == host_certificate::kind::none && tls_written_)
            source_.report(map.place("names"),
                           "found `names` beside `tls: none`, expected a certificate for them");
        if (auto version = map.text("tls-version")) {
            one.tls_version = version->text;
            if (version->text != "1.0" && version->text != "1.1" && version->text != "1.2" &&
                version->text != "1.3")
                source_.report(
                    version->at,
                    fmt::format("found the TLS version `{}`, expected 1.0, 1.1, 1.2 or 1.3", version->text));
        }
        if (auto delay = map.text("delay")) {
            if (auto time = parse_duration(delay->text))
                one.delay = *time;
            else
                source_.report(
                    delay->at,
                    fmt::format("found the delay `{}`, expected a time as 200ms, 20s or 2m", delay->text));
        }
        if (one.speaks == host_protocol::https)
            policy(map, one);
        else
            dialog(map, one);
        return true;
    }

    void speaks(const yaml_map& map, host_behaviour& one) {
        static const std::vector<std::string> words = {"smtp", "lmtp", "https"};
        auto word = map.text("protocol");
        if (!word) return;
        auto found = std::ranges::find(words, word->text);
        if (found == words.end())
            source_.report(word->at, fmt::format("unknown protocol `{}`, expected {}{}", word->text,
                                                 word_list(words), did_you_mean(word->text, words)));
        else
            one.speaks = static_cast<host_protocol>(found - words.begin());
    }

    void certificate(const written& word, host_behaviour& one) {
        auto found = std::ranges::find(certificates, word.text);
        if (found == certificates.end())
            source_.report(word.at,
                           fmt::format("unknown certificate `{}`, expected {}{}", word.text,
                                       word_list(certificates), did_you_mean(word.text, certificates)));
        else
            one.tls.what = static_cast<host_certificate::kind>(found - certificates.begin());
    }

    void dialog(const yaml_map& map, host_behaviour& one) {
        for (const char* key : {"policy", "status", "type", "location"})
            if (map.value(key).IsDefined())
                source_.report(map.place(key),
                               fmt::format("found `{}`, expected `protocol: https` with it", key));
        if (map.value("offers").IsDefined()) {
            auto& lines = one.offers.emplace();
            for (auto& line : map.words("offers"))
                if (auto text = plain(line)) lines.push_back(std::move(*text));
        }
        if (auto auth = map.text("auth")) {
            one.auth = auth->text;
            if (auth->text.find(':') == std::string::npos || auth->text.starts_with(':'))
                source_.report(auth->at,
                               fmt::format("found `{}` as `auth`, expected user:password", auth->text));
        }
        if (auto node = map.value("answers"); node.IsDefined()) answers(map.place("answers"), node, one);
        if (auto node = map.value("script"); node.IsDefined())
            script({"script", map.place("script")}, node, one);
    }

    void policy(const yaml_map& map, host_behaviour& one) {
        for (const char* key : {"stock", "offers", "answers", "auth", "script"})
            if (map.value(key).IsDefined())
                source_.report(
                    map.place(key),
                    fmt::format("found `{}`, which a policy host (`protocol: https`) has not", key));
        if (auto text = map.text("policy")) one.policy = plain(*text);
        if (auto text = map.text("location")) one.location = plain(*text);
        if (auto text = map.text("type")) one.content_type = text->text;
        if (auto text = map.text("status")) {
            const auto& digits = text->text;
            const bool good = digits.size() == 3 && digits.find_first_not_of("0123456789") == digits.npos &&
                              digits[0] >= '1' && digits[0] <= '5';
            if (good)
                one.status = std::stoi(digits);
            else
                source_.report(text->at,
                               fmt::format("found the status `{}`, expected one of HTTP, as 404", digits));
        }
    }

    void answers(const source_pos& at, const YAML::Node& node, host_behaviour& one) {
        yaml_map map(source_, node, at, fmt::format("`answers` of host `{}`", name_), {});
        for (auto& [key, value] : map.entries()) {
            const auto command = key.Scalar();
            auto replies = replies_of(key, value);
            if (command.starts_with("RCPT <") && command.ends_with('>')) {
                written address{command.substr(6, command.size() - 7), source_.position(key)};
                if (auto text = plain(address)) one.recipient_answers.emplace_back(std::move(*text), replies);
            } else if (std::ranges::find(commands, command) != commands.end()) {
                one.answers[command] = std::move(replies);
            } else {
                source_.report(
                    key, fmt::format("unknown command `{}` in `answers`, expected {}, or RCPT <ADDRESS>{}",
                                     command, word_list(commands), did_you_mean(command, commands)));
            }
        }
    }

    host_answers replies_of(const YAML::Node& key, const YAML::Node& value) {
        host_answers replies;
        const auto add = [&](const YAML::Node& item) {
            if (!item.IsScalar() || item.Scalar().empty())
                return source_.report(
                    key,
                    fmt::format("found no reply for `{}`, expected one or a list of them", key.Scalar()));
            auto answer = parse_host_answer(item.Scalar());
            if (answer)
                replies.push_back(std::move(*answer));
            else
                source_.report(item, answer.error());
        };
        if (value.IsSequence()) {
            for (const auto& item : value)
                add(item);
            if (value.size() == 0)
                source_.report(key,
                               fmt::format("found an empty list for `{}`, expected replies", key.Scalar()));
        } else {
            add(value);
        }
        return replies;
    }

    void script(const written& key, const YAML::Node& node, host_behaviour& one) {
        auto block = source_.block_string(node, key);
        if (!block) return;
        auto parsed = parse_host_script(*block);
        for (auto& p : parsed.problems)
            source_.report(p.at, p.text);
        if (parsed.problems.empty() && parsed.steps.empty())
            source_.report(key.at, "`script` holds comments only, expected steps");
        one.script = std::move(parsed.steps);
    }

    std::optional<text_template> plain(const written& from) {
        auto text = parse_template(from.text, template_kind::plain);
        if (text) return std::move(*text);
        source_.report(from.at, text.error().text);
        return std::nullopt;
    }

    yaml_source& source_;
    std::string name_; // of the host being read, and its place
    source_pos at_;
    bool tls_written_ = false;
};

} // namespace

const std::vector<std::string>& host_stocks() {
    static const std::vector<std::string> words = {"accepts", "secure",  "plain",     "old",  "off",
                                                   "rejects", "defers",  "greylists", "busy", "no-service",
                                                   "silent",  "tarpits", "drops"};
    return words;
}

std::vector<host_plan> read_hosts(yaml_source& source, const YAML::Node& node, const written& key) {
    return hosts_reader(source).read(node, key);
}

} // namespace mailspec::suite
