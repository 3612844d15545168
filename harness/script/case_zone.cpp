// Filling in, checking and serving zones; see the header.
#include "harness/script/case_zone.hpp"

#include "harness/world/dns_name.hpp"
#include "harness/world/dns_record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using problems = std::vector<suite::problem>;

bool takes_mail(const suite::host_plan& host) {
    return host.connections.front().speaks != suite::host_behaviour::protocol::https;
}

// A case with hosts and without `dns`: each host has its address, and the zone's mail goes to the first.
std::string usual_zone(const suite::test_case& c, const world_facts& facts) {
    std::string text;
    const auto first = std::ranges::find_if(c.world.hosts, takes_mail);
    if (first != c.world.hosts.end()) text += fmt::format("@ MX 10 {}\n", first->name);
    for (const auto& host : c.world.hosts)
        text += fmt::format("{} A {}\n", host.name, facts.addresses.at(host.name));
    return text;
}

std::expected<std::string, std::string> written_out(const suite::test_case& c, const expansion& values,
                                                    const world_facts& facts) {
    if (!c.world.dns) return usual_zone(c, facts);
    std::string text;
    const expansion_place place{c.service, nullptr};
    for (const auto& line : c.world.dns->lines) {
        const auto octets = values.octets(line.text, place);
        if (!octets) return std::unexpected(fmt::format("`{}`: {}", line.text.source, octets.error()));
        text += *octets + "\n";
    }
    return text;
}

} // namespace

case_zone::case_zone(const suite::test_case& c, const case_environment& environment, case_outcome& outcome,
                     const expansion& values, const std::size_t& step, const net::executor& on)
    : case_(c)
    , environment_(environment)
    , outcome_(outcome)
    , values_(values)
    , step_(step)
    , changed_(on) {}

case_zone::~case_zone() = default;

std::expected<void, std::string> case_zone::serve() {
    if (replays()) return {};
    const auto& facts = outcome_.world.facts;
    const auto text = written_out(case_, values_, facts);
    if (!text) return std::unexpected("the zone: " + text.error());
    const auto zone = world::dns_zone::parse(*text, facts.zone);
    if (!zone)
        return std::unexpected(
            fmt::format("line {} of the zone: {}", zone.error().front().line, zone.error().front().text));
    served_ = environment_.surroundings->dns().serve(*zone, [this](const auto& q) { note(q); });
    return {};
}

void case_zone::note(const world::dns_question& q) {
    asked_.push_back(q);
    outcome_.world.questions.push_back({step_, q});
    outcome_.conversation.add(net::transcript_entry::what::noted, 1,
                              fmt::format("{} {}{} -> {}{}{}", q.name, q.type, q.over_tcp ? " over TCP" : "",
                                          q.answered, q.records.empty() ? "" : ": ", q.records),
                              "DNS");
    changed_.notify();
}

void case_zone::catch_up() {
    if (!replays()) return;
    const auto& all = environment_.recorded_world->questions;
    for (; next_ < all.size() && all[next_].step <= step_; ++next_) {
        asked_.push_back(all[next_].question);
        outcome_.world.questions.push_back(all[next_]);
    }
}

std::string absolute_name(std::string_view written, std::string_view zone) {
    const auto origin = world::dns_name::absolute(zone);
    const auto name = origin ? world::dns_name::parse(written, *origin) : std::nullopt;
    return name ? name->text() : std::string();
}

// ---- before a run ----------------------------------------------------------------------------------

namespace {

class nobody final : public connector {
  public:
    net::task<net::result<net::stream_ptr>> connect(const std::string&, net::deadline) override {
        co_return std::unexpected(net::error{net::failure::refused, "nobody is there"});
    }
};

// Values that have the form of real ones: they show every mistake that does not lie in the values.
class trial {
  public:
    explicit trial(const suite::test_case& c)
        : case_(c)
        , environment_{target_, nobody_}
        , values_(environment_, c.service) {
        target_.domain = "example.test";
        target_.server_name = "mail.example.test";
        environment_.token = "token";
        const target::account account{"user", "password", "user@example.test"};
        environment_.accounts.assign(static_cast<std::size_t>(std::max(c.accounts, 1)), account);
        facts_.zone = "token.mailspec.test";
        facts_.server_name = target_.server_name;
        facts_.egress_port = 25;
        int last = 0;
        for (const auto& host : c.world.hosts)
            facts_.addresses[host.name] = fmt::format("127.1.{}.{}", last / 250, last % 250 + 1), ++last;
        if (c.world.dns)
            for (const auto& line : c.world.dns->lines)
                add_tlsa(line.text);
        values_.in_world(&facts_);
    }

    problems zone() {
        problems found;
        if (!case_.world.dns) return found;
        const auto& lines = case_.world.dns->lines;
        const auto text = written_out(case_, values_, facts_);
        if (!text) return {{lines.front().at, text.error()}};
        auto parsed = world::dns_zone::parse(*text, facts_.zone);
        if (parsed) {
            zone_ = std::move(*parsed);
            return found;
        }
        for (const auto& problem : parsed.error())
            found.push_back({lines[static_cast<std::size_t>(problem.line) - 1].at, problem.text});
        return found;
    }

    // What can never be seen cannot be expected.
    std::optional<suite::problem> step(const suite::step& s, const suite::expect_query& q) {
        if (case_.world.empty())
            return suite::problem{
                s.at, "the case has no `dns` and no `hosts`, so no question of the server's is ours"};
        if (world::read_type(q.type) == 0)
            return suite::problem{
                s.at, fmt::format("`{}` is no type of the DNS, expected one as MX or TYPE65", q.type)};
        const expansion_place place{case_.service, nullptr};
        const auto name = values_.octets(q.name, place);
        if (!name) return suite::problem{s.at, name.error()};
        const auto absolute = absolute_name(*name, facts_.zone);
        if (absolute.empty())
            return suite::problem{s.at, fmt::format("`{}` is no domain name", q.name.source)};
        const bool below = absolute == facts_.zone || absolute.ends_with("." + facts_.zone);
        if (below || (zone_ && zone_->knows(absolute))) return std::nullopt;
        return suite::problem{s.at,
                              fmt::format("`{}` is outside of the zone, and no record of `dns` stands there: "
                                          "questions about it are not seen",
                                          q.name.source)};
    }

  private:
    void add_tlsa(const suite::text_template& text) {
        for (const auto& piece : text.hosts())
            facts_.tlsa[piece.argument.empty() ? piece.host : piece.host + " " + piece.argument] =
                "3 1 1 " + std::string(64, '0');
    }

    const suite::test_case& case_;
    target::target_info target_;
    nobody nobody_;
    case_environment environment_;
    expansion values_;
    world_facts facts_;
    std::shared_ptr<const world::dns_zone> zone_;
};

// Also within blocks and fragments.
void for_each_query(const std::vector<suite::step>& steps,
                    const std::function<void(const suite::step&, const suite::expect_query&)>& visit) {
    for (const auto& s : steps) {
        if (const auto* q = std::get_if<suite::expect_query>(&s.body)) visit(s, *q);
        if (const auto* block = std::get_if<suite::repeat_block>(&s.body))
            for_each_query(block->steps, visit);
        if (const auto* block = std::get_if<suite::fragment_block>(&s.body))
            for_each_query(block->steps, visit);
        if (const auto* block = std::get_if<suite::either_block>(&s.body))
            for (const auto& branch : block->branches)
                for_each_query(branch, visit);
    }
}

} // namespace

problems check_zone(const suite::test_case& c) {
    if (c.world.dns && c.world.dns->lines.empty()) return {};
    trial t(c);
    auto found = t.zone();
    if (!found.empty()) return found;
    for_each_query(c.script, [&](const suite::step& s, const suite::expect_query& q) {
        if (auto problem = t.step(s, q)) found.push_back(std::move(*problem));
    });
    return found;
}

} // namespace mailspec::script
