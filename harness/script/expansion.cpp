// What placeholders stand for; see expansion.hpp.
#include "harness/script/expansion.hpp"

#include "harness/script/apop.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mailspec::script {
namespace {

template <class... F>
struct overloaded : F... {
    using F::operator()...;
};

// "recipient2" -> "recipient", 1; without a number the first account is meant.
std::pair<std::string_view, std::size_t> split_number(std::string_view name) {
    const auto last = name.find_last_not_of("0123456789");
    const auto digits = name.substr(last + 1);
    std::size_t number = 1;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return {name.substr(0, last + 1), number == 0 ? 0 : number - 1};
}

} // namespace

// Octets and the places where {fill:N} stands in them.
struct expansion::filled {
    struct gap {
        std::size_t at;
        std::uint64_t line_length;
    };
    std::string octets;
    std::vector<gap> gaps;
    std::vector<std::size_t> waits; // behind the {n} of synchronizing literals

    // As many x as make the gap's line, CRLF included, as long as asked.
    expanded_text close(std::size_t behind) const {
        std::string text = octets;
        for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) {
            const auto before = text.rfind('\n', gap->at == 0 ? std::string::npos : gap->at - 1);
            const auto from = gap->at == 0 || before == std::string::npos ? 0 : before + 1;
            const auto end = text.find('\n', gap->at);
            const auto length = end == std::string::npos ? text.size() - from + behind : end + 1 - from;
            if (length > gap->line_length)
                return std::unexpected(fmt::format(
                    "{{fill:{}}} stands in a line that has {} octets without it", gap->line_length, length));
            text.insert(gap->at, gap->line_length - length, 'x');
        }
        return text;
    }
};

expansion::expansion(const case_environment& environment, std::string default_service)
    : environment_(environment)
    , default_service_(std::move(default_service)) {}

expanded_text expansion::octets(const suite::text_template& text, const expansion_place& place,
                                std::size_t behind) const {
    filled result;
    if (auto ok = append(result, text, place, false); !ok) return std::unexpected(ok.error());
    if (result.gaps.empty()) return std::move(result.octets);
    return result.close(behind);
}

std::expected<text_with_waits, std::string> expansion::octets_with_waits(const suite::text_template& text,
                                                                         const expansion_place& place) const {
    filled result;
    if (auto ok = append(result, text, place, false); !ok) return std::unexpected(ok.error());
    if (!result.gaps.empty()) return std::unexpected("{fill:N} has no meaning in a command of IMAP");
    return text_with_waits{std::move(result.octets), std::move(result.waits)};
}

expanded_text expansion::regex(const suite::text_template& text, const expansion_place& place) const {
    filled result;
    if (auto ok = append(result, text, place, true); !ok) return std::unexpected(ok.error());
    return std::move(result.octets);
}

std::expected<void, std::string> expansion::append(filled& to, const suite::text_template& text,
                                                   const expansion_place& place, bool regex) const {
    const auto add = [&](expanded_text value) -> std::expected<void, std::string> {
        if (!value) return std::unexpected(std::move(value.error()));
        to.octets += regex ? suite::as_regex(*value) : *value;
        return {};
    };
    for (const auto& piece : text.pieces) {
        auto ok = std::visit(
            overloaded{[&](const suite::literal_piece& p) -> std::expected<void, std::string> {
                           to.octets += p.octets; // in a regex: part of the expression
                           return {};
                       },
                       [&](const suite::variable_piece& p) { return add(value(p.name, place)); },
                       [&](const suite::capability_piece& p) {
                           return add(capability_parameter(place.capabilities, p));
                       },
                       [&](const suite::repeat_piece& p) {
                           auto once = octets(*p.text, place);
                           if (!once) return add(std::move(once));
                           std::string many;
                           many.reserve(once->size() * p.times);
                           for (std::uint64_t i = 0; i < p.times; ++i)
                               many += *once;
                           return add(std::move(many));
                       },
                       [&](const suite::base64_piece& p) {
                           auto inner = octets(*p.text, place);
                           if (!inner) return add(std::move(inner));
                           return add(base64(*inner));
                       },
                       [&](const suite::host_piece& p) { return add(host_value(p)); },
                       [&](const suite::fixture_piece& p) { return add(fixture_value(p)); },
                       [&](const suite::bound_piece& p) { return add(bound_value(p)); },
                       [&](const suite::imap_literal_piece& p) { return append_literal(to, p, place); },
                       [&](const suite::fill_piece& p) -> std::expected<void, std::string> {
                           to.gaps.push_back({to.octets.size(), p.line_length});
                           return {};
                       }},
            piece);
        if (!ok) return ok;
    }
    return {};
}

// RFC 9051 §4.3, §9: literal = "{" number64 ["+"] "}" CRLF *CHAR8, literal8 = "~{" ...
std::expected<void, std::string> expansion::append_literal(filled& to, const suite::imap_literal_piece& piece,
                                                           const expansion_place& place) const {
    const auto inner = octets(*piece.text, place);
    if (!inner) return std::unexpected(inner.error());
    to.octets +=
        fmt::format("{}{{{}{}}}\r\n", piece.binary ? "~" : "", inner->size(), piece.at_once ? "+" : "");
    if (!piece.at_once) to.waits.push_back(to.octets.size());
    to.octets += *inner;
    return {};
}

expanded_text expansion::fixture_value(const suite::fixture_piece& piece) const {
    const auto found = fixtures_ ? fixtures_->find(piece.name) : suite::fixture_map::const_iterator{};
    if (!fixtures_ || found == fixtures_->end())
        return std::unexpected(fmt::format("the fixture `{}` was not loaded with the case", piece.name));
    return piece.size ? std::to_string(found->second->size()) : *found->second;
}

expanded_text expansion::bound_value(const suite::bound_piece& piece) const {
    const auto& name = piece.name;
    if (!bound_ || !bound_->contains(name))
        return std::unexpected(fmt::format("{{${}}}: no expectation that held has bound ${}", name, name));
    const auto& value = bound_->find(name)->second;
    if (piece.add == 0) return value;
    std::int64_t number = 0;
    const auto* end = value.data() + value.size();
    if (std::from_chars(value.data(), end, number).ptr != end)
        return std::unexpected(fmt::format("{{{}}}: ${} is no number", "$" + name + "+N", name));
    return std::to_string(number + piece.add);
}

expanded_text expansion::mailbox_value(std::string_view name, const expansion_place& place) const {
    if (name == "tag") {
        if (!place.new_tag) return std::unexpected("{tag} stands for nothing on this connection");
        return place.new_tag();
    }
    if (name == "apop") {
        const auto secret = value("password", place); // a fragment may give it another value
        if (!secret) return secret;
        return apop_digest(place.greeting, *secret);
    }
    const std::size_t index = name == "mailbox2" ? 1 : 0;
    if (!mailboxes_ || index >= mailboxes_->names.size())
        return std::unexpected(fmt::format("{{{}}}: no mailbox was made for this case", name));
    return name == "delimiter" ? mailboxes_->delimiter : mailboxes_->names[index];
}

expanded_text expansion::value(std::string_view name, const expansion_place& place) const {
    for (auto scope = fragments_.rbegin(); scope != fragments_.rend(); ++scope)
        for (const auto& [key, given] : *scope)
            if (key == name) return given;
    const auto& token = environment_.token;
    const auto& domain = environment_.target.domain;
    if (name == "mailbox" || name == "mailbox2" || name == "delimiter" || name == "tag" || name == "apop")
        return mailbox_value(name, place);
    if (name == "token") return token;
    if (name == "client") return std::string(client_name);
    if (name == "foreign") return fmt::format("someone@{}.mailspec.test", token);
    if (name == "zone" || name == "server-name" || name == "egress-port") return world_value(name);
    if (name == "n") {
        if (turns_.empty()) return std::unexpected("{n} stands outside of every repeat");
        return std::to_string(turns_.back());
    }
    if (name == "sender") {
        const auto& service = place.service.empty() ? default_service_ : place.service;
        if (is_submission(service)) return account_value("recipient");
        return fmt::format("{}@{}", token, client_name);
    }
    if (name == "domain" || name == "unknown") {
        if (domain.empty()) return std::unexpected("the target's local domain is not known");
        return name == "domain" ? domain : fmt::format("nosuch-{}@{}", token, domain);
    }
    return account_value(name);
}

expanded_text expansion::world_value(std::string_view name) const {
    if (name == "zone") return environment_.token + ".mailspec.test";
    if (name == "server-name") {
        const auto& known =
            world_ && !world_->server_name.empty() ? world_->server_name : environment_.target.server_name;
        if (known.empty())
            return std::unexpected("{server-name}: the server says no name in its greeting or EHLO reply");
        return known;
    }
    if (!world_ || world_->egress_port == 0)
        return std::unexpected(
            "{egress-port}: no remote hosts are there, so the server sends to none of ours");
    return std::to_string(world_->egress_port);
}

expanded_text expansion::host_value(const suite::host_piece& piece) const {
    using kind = suite::host_piece::kind;
    const auto address = world_ ? world_->addresses.find(piece.host) : decltype(world_->addresses.end()){};
    if (!world_ || address == world_->addresses.end())
        return std::unexpected(fmt::format("the case has no host `{}`", piece.host));
    if (piece.what == kind::address) return address->second;
    if (piece.what == kind::reverse) return reverse_name(address->second);
    const auto key = piece.argument.empty() ? piece.host : piece.host + " " + piece.argument;
    const auto data = world_->tlsa.find(key);
    if (data != world_->tlsa.end()) return data->second;
    return std::unexpected(fmt::format("{{tlsa:{}}}: host `{}` has no certificate", key, piece.host));
}

expanded_text expansion::account_value(std::string_view name) const {
    const auto [word, index] = split_number(name);
    const bool known = word == "recipient" || word == "user" || word == "password" || word == "local-part";
    if (!known) return std::unexpected(fmt::format("{{{}}} stands for nothing", name));
    if (index >= environment_.accounts.size())
        return std::unexpected(fmt::format("{{{}}} needs account {} of this run, which has {}", name,
                                           index + 1, environment_.accounts.size()));
    const auto& account = environment_.accounts[index];
    if (word == "user") return account.user;
    if (word == "password") return account.password;
    if (word == "recipient") return account.address;
    return account.address.substr(0, account.address.rfind('@'));
}

std::expected<std::string, std::string> capability_parameter(const wire::capability_set* offered,
                                                             const suite::capability_piece& piece) {
    const auto* found = offered ? offered->find(piece.keyword) : nullptr;
    if (!found)
        return std::unexpected(
            fmt::format("{{cap:{0}}}: no EHLO reply on this connection offers {0}", piece.keyword));
    if (piece.plus == 0) return found->parameters;
    const auto& digits = found->parameters;
    const bool number = !digits.empty() && digits.size() <= 30 && std::ranges::all_of(digits, wire::is_digit);
    if (!number)
        return std::unexpected(fmt::format("{{cap:{}{:+}}}: the server's parameter {} is no number",
                                           piece.keyword, piece.plus, wire::quoted(digits)));
    __extension__ using wide = __int128;
    wide sum = piece.plus;
    wide scale = 1;
    for (auto d = digits.rbegin(); d != digits.rend(); ++d, scale *= 10)
        sum += scale * (*d - '0');
    if (sum <= 0) return "0";
    std::string text;
    for (; sum > 0; sum /= 10)
        text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(sum % 10)));
    return text;
}

std::string reverse_name(std::string_view ipv4_address) {
    std::string name = "in-addr.arpa";
    while (!ipv4_address.empty()) {
        const auto dot = std::min(ipv4_address.find('.'), ipv4_address.size());
        name = fmt::format("{}.{}", ipv4_address.substr(0, dot), name);
        ipv4_address.remove_prefix(std::min(dot + 1, ipv4_address.size()));
    }
    return name;
}

std::string base64(std::string_view octets) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const auto octet = [&](std::size_t at) -> unsigned {
            return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0u;
        };
        const unsigned group = octet(i) << 16 | octet(i + 1) << 8 | octet(i + 2);
        text += alphabet[group >> 18];
        text += alphabet[group >> 12 & 63];
        text += i + 1 < octets.size() ? alphabet[group >> 6 & 63] : '=';
        text += i + 2 < octets.size() ? alphabet[group & 63] : '=';
    }
    return text;
}

bool is_submission(std::string_view service) {
    return service.starts_with("submission");
}

bool is_implicit_tls(std::string_view service) {
    return service == "submissions" || service == "imaps" || service == "pop3s";
}

} // namespace mailspec::script
