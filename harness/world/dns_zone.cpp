// From the lines of a master file to the nodes of a zone; see the header. RFC 1035 §5.1, RFC 2308 §4 ($TTL).
#include "harness/world/dns_zone.hpp"

#include "harness/world/dns_generate.hpp"
#include "harness/world/dns_message.hpp"
#include "harness/world/dns_zone_data.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <set>

namespace mailspec::world {
namespace {

constexpr std::uint32_t default_ttl = 60;
} // namespace

class zone_builder {
    struct in_order {
        bool operator()(const std::shared_ptr<ldns_rr>& a, const std::shared_ptr<ldns_rr>& b) const {
            return ldns_rr_compare(a.get(), b.get()) < 0;
        }
    };

  public:
    zone_builder(dns_zone::impl& zone, std::vector<zone_problem>& problems)
        : zone_(zone)
        , problems_(problems)
        , origin_(zone.origin) {}

    void line(const master_line& l) {
        at_ = &l;
        const auto& first = l.words[0];
        if (!first.starts_with('$')) return record(l.indented, l.words);
        const std::span<const std::string> words(l.words.begin() + 1, l.words.end());
        if (first == "$TTL")
            set_ttl(words);
        else if (first == "$ORIGIN")
            set_origin(words);
        else if (first == "$GENERATE")
            generate(words);
        else if (first == "$SECURE")
            words.empty() ? void(zone_.secure = true) : problem("nothing stands behind $SECURE");
        else if (first == "$INSECURE")
            insecure(words);
        else if (first == "$FAULT")
            fault(words);
        else if (first == "$INCLUDE")
            problem("$INCLUDE: a zone stands in one place here; write the records out");
        else
            problem(fmt::format(
                "`{}` is no directive; there are $TTL, $ORIGIN, $GENERATE, $SECURE, $INSECURE and $FAULT",
                first));
    }

    void finish() {
        add_apex();
        check_aliases();
        check_sizes();
        for (const auto& [name, node] : std::map(zone_.nodes))
            add_parents(name);
    }

  private:
    void problem(std::string text) { problems_.push_back({at_ ? at_->number : 1, std::move(text)}); }

    void set_ttl(std::span<const std::string> words) {
        const auto time = words.size() == 1 ? read_ttl(words[0]) : std::nullopt;
        if (time)
            ttl_ = *time;
        else
            problem("behind $TTL stands a time in seconds (or 5m, 1h ...)");
    }

    void set_origin(std::span<const std::string> words) {
        const auto name = words.size() == 1 ? dns_name::parse(words[0], origin_) : std::nullopt;
        if (name)
            origin_ = *name;
        else
            problem("behind $ORIGIN stands a name");
    }

    void insecure(std::span<const std::string> words) {
        const auto name = words.size() == 1 ? dns_name::parse(words[0], origin_) : std::nullopt;
        if (name)
            zone_.insecure.push_back(*name);
        else
            problem("behind $INSECURE stands a name");
    }

    void fault(std::span<const std::string> words) {
        auto made = read_fault(words, origin_);
        if (made)
            zone_.faults.push_back(std::move(*made));
        else
            problem(made.error());
    }

    void generate(std::span<const std::string> words) {
        const auto lines = expand_generate(words);
        if (!lines) return problem(lines.error());
        for (const auto& made : *lines) {
            const auto before = problems_.size();
            record(false, made);
            if (problems_.size() > before) return; // the others would say the same
        }
    }

    void record(bool indented, std::span<const std::string> words) {
        if (!indented) {
            const auto name = dns_name::parse(words[0], origin_);
            if (!name) return problem(fmt::format("`{}` is no name", words[0]));
            owner_ = *name;
            words = words.subspan(1);
        }
        if (!owner_) return problem("the first record needs a name in front; `@` is the zone itself");
        if (words.empty()) return problem("the type is missing; a record is `NAME [TTL] TYPE DATA`");
        auto made = read_record(*owner_, words, ttl_, origin_);
        if (made)
            add(*made);
        else
            problem(made.error());
    }

    void add(const dns_record& r) {
        // RFC 2181 §5: the same record twice is one record.
        if (known_[r.owner].insert(r.rr).second) zone_.nodes[r.owner][r.type].push_back(r.rr);
        where_[r.owner] = at_ ? at_->number : 1;
    }

    // RFC 1035 §5.2 wants one SOA; who writes a case has better things to say.
    void add_apex() {
        at_ = nullptr;
        auto& apex = zone_.nodes[zone_.origin];
        const auto written = [&](const std::string& data) {
            std::vector<std::string> all;
            for (std::size_t from = 0; from < data.size();) {
                const auto to = std::min(data.find(' ', from), data.size());
                all.push_back(data.substr(from, to - from));
                from = to + 1;
            }
            const auto made = read_record(zone_.origin, all, ttl_, zone_.origin);
            if (made) apex[made->type] = {made->rr};
        };
        own_soa_ = !apex.contains(LDNS_RR_TYPE_SOA);
        if (own_soa_) written("SOA localhost. hostmaster 1 3600 600 86400 " + std::to_string(ttl_));
        if (!apex.contains(LDNS_RR_TYPE_NS) && !apex.contains(LDNS_RR_TYPE_CNAME)) written("NS localhost.");
    }

    // RFC 1034 §3.6.2: where an alias is, nothing else is.
    void check_aliases() {
        for (const auto& [name, node] : zone_.nodes) {
            const auto alias = node.find(LDNS_RR_TYPE_CNAME);
            if (alias == node.end()) continue;
            std::size_t others = 0;
            for (const auto& [type, set] : node)
                others +=
                    type != LDNS_RR_TYPE_CNAME && type != LDNS_RR_TYPE_RRSIG && type != LDNS_RR_TYPE_NSEC;
            if (name == zone_.origin && own_soa_) --others;
            if (alias->second.size() > 1)
                problems_.push_back(
                    {where_[name],
                     fmt::format("{} has two CNAMEs; a name is an alias of one other", name.text())});
            else if (others > 0)
                problems_.push_back(
                    {where_[name], fmt::format("{} has a CNAME and other records; an alias has "
                                               "nothing else (RFC 1034 §3.6.2)",
                                               name.text())});
        }
    }

    // RFC 1035 §4.2.2: two octets of length.
    void check_sizes() {
        for (const auto& [name, node] : zone_.nodes)
            for (const auto& [type, set] : node) {
                if (set.size() < 200 && type != LDNS_RR_TYPE_TXT) continue;
                const auto size = answer_size(name, type, set);
                if (size <= largest_dns_message) continue;
                problems_.push_back(
                    {where_[name],
                     fmt::format("the {} {} records of {} take {} octets; an answer holds {} at most",
                                 set.size(), name_of_type(type), name.text(), size, largest_dns_message)});
            }
    }

    void add_parents(const dns_name& name) {
        const auto apex = zone_.apex_of(name);
        if (!apex) return;
        for (dns_name up = name; up != *apex && !up.is_root(); up = up.parent())
            zone_.nodes.try_emplace(up);
    }

    dns_zone::impl& zone_;
    std::vector<zone_problem>& problems_;
    dns_name origin_;
    std::optional<dns_name> owner_;
    std::uint32_t ttl_ = default_ttl;
    const master_line* at_ = nullptr;
    std::map<dns_name, int> where_;
    std::map<dns_name, std::set<std::shared_ptr<ldns_rr>, in_order>> known_;
    bool own_soa_ = false; // at the apex
};

// Beside the zone, a name that has records is the apex of what is below it.
std::optional<dns_name> dns_zone::impl::apex_of(const dns_name& name) const {
    if (name.is_at_or_below(origin)) return origin;
    std::optional<dns_name> found;
    for (dns_name up = name; !up.is_root(); up = up.parent()) {
        const auto node = nodes.find(up);
        if (node != nodes.end() && !node->second.empty()) found = up;
        const auto wildcard = up.parent().child("*");
        if (wildcard && nodes.contains(*wildcard)) found = up.parent();
    }
    return found;
}

bool dns_zone::impl::is_secure(const dns_name& name) const {
    const auto covers = [&](const dns_name& top) { return name.is_at_or_below(top); };
    return secure && std::ranges::none_of(insecure, covers);
}

dns_zone::dns_zone(std::unique_ptr<impl> made)
    : impl_(std::move(made)) {}
dns_zone::~dns_zone() = default;

const std::string& dns_zone::origin() const {
    return impl_->origin_text;
}

bool dns_zone::knows(std::string_view absolute_name) const {
    const auto name = dns_name::absolute(absolute_name);
    return name && impl_->apex_of(*name).has_value();
}

std::expected<std::shared_ptr<const dns_zone>, std::vector<zone_problem>>
dns_zone::parse(std::string_view text, std::string_view origin) {
    std::vector<zone_problem> problems;
    auto made = std::make_unique<impl>();
    const auto name = dns_name::absolute(origin);
    if (!name) {
        problems.push_back({1, fmt::format("the origin `{}` is no domain name", origin)});
        return std::unexpected(std::move(problems));
    }
    made->origin = *name;
    made->origin_text = name->text();
    zone_builder builder(*made, problems);
    for (const auto& line : read_master_file(text, problems))
        builder.line(line);
    builder.finish();
    std::ranges::stable_sort(problems, {}, &zone_problem::line);
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return std::shared_ptr<const dns_zone>(new dns_zone(std::move(made)));
}

} // namespace mailspec::world
