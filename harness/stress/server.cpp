// See the header. RFC 9051 §7.1 (APPENDUID, COPYUID).
#include "harness/stress/server.hpp"

#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"
#include "net/connect.hpp"

#include <algorithm>

namespace mailspec::stress {
namespace {

constexpr std::size_t most_octets = 24 * 1024; // of a dialog
constexpr std::size_t most_numbers = 10000;

} // namespace

void dialog_tail::add(bool sent, std::string_view octets) {
    if (octets.size() > most_octets) octets.remove_prefix(octets.size() - most_octets);
    if (!pieces_.empty() && pieces_.back().first == sent && pieces_.back().second.size() < 1024)
        pieces_.back().second += octets;
    else
        pieces_.emplace_back(sent, octets);
    octets_ += octets.size();
    while (octets_ > most_octets && pieces_.size() > 1) {
        octets_ -= pieces_.front().second.size();
        pieces_.pop_front();
    }
}

std::vector<std::string> dialog_tail::lines(std::size_t most) const {
    std::vector<std::string> all;
    for (const auto& [sent, octets] : pieces_)
        for (std::size_t at = 0; at < octets.size();) {
            const auto end = std::min(octets.find('\n', at), octets.size());
            const auto line = wire::without_line_end(std::string_view(octets).substr(at, end - at));
            const bool secret = sent && line.find(" LOGIN ") != line.npos;
            all.push_back((sent ? "C: " : "S: ") + (secret ? "(LOGIN)" : std::string(line.substr(0, 200))));
            at = end + 1;
        }
    if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
    return all;
}

session_ear::session_ear(const std::string& file) {
    if (!file.empty()) file_.open(file, std::ios::app | std::ios::binary);
}

void session_ear::write(bool sent, std::string_view octets) {
    const char side = sent ? 'C' : 'S';
    if (side != side_ && wrote_ != '\n') file_ << '\n', wrote_ = '\n';
    side_ = side;
    if (sent && octets.find(" LOGIN ") != octets.npos) octets = "(LOGIN)\r\n";
    for (const char c : octets) {
        if (wrote_ == '\n') file_ << side << ": ";
        if (c != '\r') file_ << c;
        wrote_ = c;
    }
    file_.flush();
}

void session_ear::octets(bool sent, std::string_view octets) {
    tail_.add(sent, octets);
    if (file_.is_open()) write(sent, octets);
    if (sent) judge_.sent(octets);
}

void session_ear::response(const wire::imap_response& response) {
    for (auto& one : judge_.judge(response))
        if (std::ranges::find(found_, one.rule, &wire::deviation::rule) == found_.end())
            found_.push_back(std::move(one));
}

net::task<world::client_result<client_ptr>> log_in(const account_at& where, session_ear* ear) {
    const auto until = net::deadline::in(where.patience);
    auto stream = co_await net::connect(where.host, where.port, until);
    if (!stream) co_return std::unexpected("it cannot be connected to: " + stream.error().text);
    world::imap_client::settings how;
    how.tls_first = where.tls_first;
    how.patience = where.patience;
    if (ear) {
        how.told = [ear](bool sent, std::string_view octets) { ear->octets(sent, octets); };
        how.heard = [ear](const wire::imap_response& response) { ear->response(response); };
        how.secured = [ear] { ear->secured(); };
    }
    auto client = std::make_unique<world::imap_client>(std::move(*stream), std::move(how));
    const auto known = co_await client->log_in(where.user, where.password);
    if (!known) co_return std::unexpected(known.error());
    co_return client;
}

std::vector<std::uint64_t> numbers_of(std::string_view set) {
    std::vector<std::uint64_t> all;
    const auto ranges = wire::parse_number_set(set);
    if (!ranges) return all;
    for (const auto& [first, last] : *ranges)
        for (auto n = first; n <= last && all.size() < most_numbers; ++n)
            all.push_back(n);
    return all;
}

} // namespace mailspec::stress
