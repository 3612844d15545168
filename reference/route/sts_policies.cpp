// The MTA-STS policies of other domains; see the header.
#include "reference/route/sts_policies.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace refmail::route {
namespace {

namespace fs = std::filesystem;

// RFC 8461 §3.3: "limit further attempts to a period of five minutes or longer per version ID".
constexpr std::int64_t pause_after_failure = 300;
// RFC 8461 §3.3: "a suggested refresh frequency is once per day".
constexpr std::int64_t a_day = 86400;

// "key: value\n" from the front.
std::optional<std::string> take_line(std::string& text, std::string_view key) {
    const auto end = text.find('\n');
    if (end == std::string::npos || !text.starts_with(key)) return std::nullopt;
    const std::string value = text.substr(key.size(), end - key.size());
    text.erase(0, end + 1);
    return value;
}

} // namespace

sts_policies::sts_policies(const boost::asio::any_io_executor& on, dns::resolver& dns,
                           policy_fetcher& fetcher, dns::seconds_now now, policies_settings how)
    : dns_(dns)
    , fetcher_(fetcher)
    , now_(std::move(now))
    , how_(std::move(how))
    , under_way_(on) {
    if (!how_.folder.empty()) read_folder();
}

net::task<std::optional<sts_policy>> sts_policies::policy_of(std::string domain) {
    // RFC 8461 §3.1. The TXT record is looked at whenever mail is sent: it is cheap, and §5 forbids to give a
    // message up before the DNS was asked for a newer policy.
    const auto txt = co_await dns_.ask("_mta-sts." + domain, dns::record_type::txt);
    const auto id = txt.what == dns::answer::kind::found ? sts_id_in(txt.records) : std::nullopt;
    const auto* known = in_force(domain);
    // §3.3: without a live policy the one that was kept holds until it expires; §5.1: a record that has gone
    // does not remove it.
    if (id && (!known || known->id != *id)) {
        const auto failed = failures_.find(domain);
        const bool too_early = failed != failures_.end() && failed->second.id == *id &&
                               now_() < failed->second.at + pause_after_failure;
        if (!too_early) co_await fetch(domain, *id);
    }
    std::optional<sts_policy> policy;
    if (auto* one = in_force(domain)) {
        one->used = now_();
        policy = one->policy;
    }
    co_return policy;
}

net::task<void> sts_policies::refresh() {
    std::vector<std::pair<std::string, std::string>> due;
    for (const auto& [domain, one] : kept_) {
        const auto age = now_() - one.fetched, left = one.policy.max_age - age;
        const bool is_old = age >= a_day || left < one.policy.max_age / 4;
        const bool is_used = now_() - one.used < one.policy.max_age;
        if (is_old && is_used && left > 0) due.emplace_back(domain, one.id);
    }
    for (const auto& [domain, id] : due) {
        const auto txt = co_await dns_.ask("_mta-sts." + domain, dns::record_type::txt);
        const auto newer = txt.what == dns::answer::kind::found ? sts_id_in(txt.records) : std::nullopt;
        co_await fetch(domain, newer.value_or(id));
    }
}

net::task<bool> sts_policies::fetch(std::string domain, std::string id) {
    std::function<net::task<bool>()> ask = [this, domain, id] { return fetch_now(domain, id); };
    const bool fetched = co_await under_way_.run(domain, std::move(ask));
    co_return fetched;
}

net::task<bool> sts_policies::fetch_now(std::string domain, std::string id) {
    const auto text = co_await fetcher_.fetch(domain);
    std::string why = text ? "" : text.error();
    if (text) {
        auto policy = parse_sts_policy(*text);
        if (policy)
            keep(domain, kept{std::move(*policy), id, now_(), now_()}, *text);
        else
            why = "the policy is not valid: " + policy.error();
    }
    if (!why.empty()) {
        if (failures_.size() >= how_.most) failures_.clear();
        failures_[domain] = {id, now_()};
    } else {
        failures_.erase(domain);
    }
    // §3.3: "alert administrators ... when such attempts fail, unless the cached policy mode is "none"".
    const auto* known = in_force(domain);
    const bool matters = !known || known->policy.what != sts_policy::mode::none || why.empty();
    if (how_.told && matters) how_.told(domain, why);
    co_return why.empty();
}

sts_policies::kept* sts_policies::in_force(const std::string& domain) {
    const auto found = kept_.find(domain);
    if (found == kept_.end()) return nullptr;
    const auto& one = found->second;
    // A clock that was set back makes nothing live longer.
    if (now_() < one.fetched + one.policy.max_age && now_() >= one.fetched) return &found->second;
    forget(domain);
    return nullptr;
}

std::string sts_policies::path_of(const std::string& domain) const {
    const bool is_plain = std::ranges::all_of(domain, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
    return how_.folder.empty() || !is_plain ? "" : how_.folder + "/" + domain;
}

void sts_policies::keep(const std::string& domain, kept one, const std::string& text) {
    if (kept_.size() >= how_.most && !kept_.contains(domain)) {
        const auto oldest = std::ranges::min_element(kept_, {}, [](const auto& e) { return e.second.used; });
        forget(std::string(oldest->first));
    }
    if (const auto path = path_of(domain); !path.empty()) {
        // Renamed into place: after a crash there is the old one or the new one. Not synced: what is lost is
        // fetched again.
        const std::string draft = path + "~";
        std::error_code ignored;
        fs::create_directories(how_.folder, ignored);
        std::ofstream file(draft, std::ios::binary | std::ios::trunc);
        file << "id: " << one.id << "\nfetched: " << one.fetched << "\n" << text;
        file.close();
        if (file)
            fs::rename(draft, path, ignored);
        else
            fs::remove(draft, ignored);
    }
    kept_[domain] = std::move(one);
}

void sts_policies::forget(const std::string& domain) {
    kept_.erase(domain);
    std::error_code ignored;
    if (const auto path = path_of(domain); !path.empty()) fs::remove(path, ignored);
}

void sts_policies::read_folder() {
    std::error_code code;
    for (auto entry = fs::directory_iterator(how_.folder, code); !code && entry != fs::directory_iterator();
         entry.increment(code)) {
        const std::string domain = entry->path().filename().string();
        std::ifstream file(entry->path(), std::ios::binary);
        std::ostringstream whole;
        whole << file.rdbuf();
        std::string text = whole.str();
        const auto id = take_line(text, "id: "), fetched = take_line(text, "fetched: ");
        kept one;
        bool is_good = id && fetched && path_of(domain) == entry->path().string();
        if (is_good) {
            const auto [end, wrong] =
                std::from_chars(fetched->data(), fetched->data() + fetched->size(), one.fetched);
            auto policy = parse_sts_policy(text);
            is_good = wrong == std::errc{} && end == fetched->data() + fetched->size() && policy;
            if (policy) one.policy = std::move(*policy);
        }
        if (!is_good || kept_.size() >= how_.most) {
            std::error_code ignored;
            fs::remove(entry->path(), ignored);
            continue;
        }
        one.id = *id;
        one.used = one.fetched;
        kept_[domain] = std::move(one);
        in_force(domain); // an expired one goes
    }
}

} // namespace refmail::route
