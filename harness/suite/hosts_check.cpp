// See the header. What cannot be seen cannot be expected: nothing is ever known of a host that does not
// listen, a policy host takes no mail. Told when the suite is loaded, for at run time it would be a verdict.
#include "harness/suite/hosts_check.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mailspec::suite {

namespace {

using host_protocol = host_behaviour::protocol;

// The first `hold`; null: none.
const step* hold_in(const std::vector<step>& script) {
    for (const auto& s : script) {
        if (std::holds_alternative<hold_back>(s.body)) return &s;
        if (const auto* block = std::get_if<repeat_block>(&s.body))
            if (const auto* held = hold_in(block->steps)) return held;
    }
    return nullptr;
}

const step* hold_of(const host_plan& host) {
    for (const auto& connection : host.connections)
        if (const auto* held = hold_in(connection.script)) return held;
    return nullptr;
}

// The hosts that a step names; each of the steps has them in its own place.
template <typename Body>
concept at_hosts = requires(const Body& b) {
    b.where.any_of;
};

class hosts_checker {
  public:
    explicit hosts_checker(const world_plan& world)
        : world_(world) {
        for (const auto& host : world.hosts)
            names_.push_back(host.name);
    }

    void steps(const std::vector<step>& script) {
        for (const auto& s : script)
            std::visit([&](const auto& body) { look(s, body); }, s.body);
    }

    // A host that nobody lets go on would only make the case wait, and then speak of something else.
    void holds() {
        for (const auto& host : world_.hosts)
            if (const auto* held = hold_of(host); held && !released_.contains(host.name))
                found.push_back({held->at, fmt::format("found `hold`, but the case's script has no `release "
                                                       "{}`, expected one",
                                                       host.name)});
    }

    std::vector<problem> found;

  private:
    void look(const step&, const repeat_block& block) { steps(block.steps); }
    void look(const step&, const fragment_block& block) { steps(block.steps); }
    void look(const step&, const either_block& block) {
        for (const auto& branch : block.branches)
            steps(branch);
    }
    void look(const step& s, const expect_tried& body) {
        for (const auto& group : body.in_order)
            for (const auto& name : group)
                host(s, name, host_protocol::smtp);
    }
    void look(const step& s, const expect_dsn& body) {
        if (body.where)
            for (const auto& name : body.where->any_of)
                host(s, name, host_protocol::smtp);
    }
    void look(const step& s, const expect_fetches& body) {
        for (const auto& name : body.where.any_of)
            host(s, name, host_protocol::https);
    }
    void look(const step& s, const release_host& body) {
        host(s, body.host, host_protocol::smtp);
        const auto known = std::ranges::find(world_.hosts, body.host, &host_plan::name);
        released_.insert(body.host);
        if (known != world_.hosts.end() && !hold_of(*known))
            problem_at(
                s, body.host,
                fmt::format("the script of host `{}` has no `hold` that could be released", body.host));
    }
    template <typename Body>
    void look(const step& s, const Body& body) {
        if constexpr (at_hosts<Body>)
            for (const auto& name : body.where.any_of)
                host(s, name, std::is_same_v<Body, expect_mail> ? host_protocol::smtp : any);
    }

    // `wanted`: the protocol that the step speaks of, where it does.
    void host(const step& s, const std::string& name, std::optional<host_protocol> wanted) {
        const auto known = std::ranges::find(world_.hosts, name, &host_plan::name);
        if (names_.empty())
            return problem_at(s, name, "the case has no `hosts`, expected some for this step");
        if (known == world_.hosts.end())
            return problem_at(s, name,
                              fmt::format("unknown host `{}`, expected {}{}", name, word_list(names_),
                                          did_you_mean(name, names_)));
        const auto& first = known->connections.front();
        if (!first.listens())
            return problem_at(s, name,
                              fmt::format("host `{}` is `off`: nothing can be seen there, so this step shows "
                                          "nothing",
                                          name));
        const bool policy = first.speaks == host_protocol::https;
        if (wanted == host_protocol::https && !policy)
            problem_at(
                s, name,
                fmt::format("host `{}` is no policy host (`protocol: https`), expected one here", name));
        if (wanted == host_protocol::smtp && policy)
            problem_at(s, name, fmt::format("host `{}` is a policy host and takes no mail", name));
    }

    void problem_at(const step& s, const std::string& name, std::string text) {
        auto at = s.at;
        std::size_t offset = std::string::npos;
        for (const std::string_view before : {" at ", "tried ", "release "})
            if (const auto found_at = s.source.find(before);
                offset == std::string::npos && found_at != offset)
                offset = s.source.find(name, found_at + before.size());
        if (offset != std::string::npos) at.column += static_cast<int>(offset);
        found.push_back({at, std::move(text)});
    }

    static constexpr std::optional<host_protocol> any{};
    const world_plan& world_;
    std::vector<std::string> names_;
    std::set<std::string> released_;
};

} // namespace

std::vector<problem> check_hosts(const std::vector<step>& script, const world_plan& world, bool whole) {
    hosts_checker checker(world);
    checker.steps(script);
    if (whole) checker.holds();
    return std::move(checker.found);
}

void for_each_template(const host_plan& host,
                       const std::function<void(const step&, const text_template&)>& visit) {
    const step place(host.at, host.name, split{});
    const auto text = [&](const text_template& t) { visit(place, t); };
    const auto answers = [&](const host_answers& list) {
        for (const auto& answer : list)
            if (answer.octets) text(*answer.octets);
    };
    const std::function<void(const std::vector<step>&)> script = [&](const std::vector<step>& steps) {
        for (const auto& s : steps) {
            for_each_template(s.body, [&](const text_template& t) { visit(s, t); });
            if (const auto* block = std::get_if<repeat_block>(&s.body)) script(block->steps);
        }
    };
    for (const auto& c : host.connections) {
        if (c.offers) std::ranges::for_each(*c.offers, text);
        for (const auto& [command, list] : c.answers)
            answers(list);
        for (const auto& [address, list] : c.recipient_answers) {
            text(address);
            answers(list);
        }
        std::ranges::for_each(c.tls.names, text);
        if (c.policy) text(*c.policy);
        if (c.location) text(*c.location);
        script(c.script);
    }
}

} // namespace mailspec::suite
