// An entry of the queue as the control port shows it; see the header.
#include "reference/daemon/queue_json.hpp"

#include "reference/daemon/clock.hpp"

#include <boost/json/array.hpp>

namespace refmail::daemon {

namespace json = boost::json;

namespace {

constexpr const char* state_names[] = {"waiting", "done", "failed"};

json::object to_json(const queue::recipient& r) {
    json::object o;
    o["address"] = r.address;
    o["state"] = state_names[static_cast<int>(r.state)];
    if (!r.status.empty()) o["status"] = r.status;
    if (!r.last_host.empty()) o["last_host"] = r.last_host;
    if (!r.last_reply.empty()) o["last_reply"] = r.last_reply;
    if (r.last_attempt) o["last_attempt"] = iso_8601(r.last_attempt);
    return o;
}

} // namespace

std::string_view state_of(const queue::backlog& all, queue::backlog::number which) {
    if (all.is_under_way(which)) return "under way";
    if (all.is_held(which)) return "held";
    return all.is_busy(which) ? "due" : "waiting";
}

json::object to_json(const queue::entry& e, const queue::backlog& all, queue::backlog::number which) {
    json::object o;
    const auto state = state_of(all, which);
    o["id"] = e.id;
    o["state"] = json::string_view(state.data(), state.size());
    o["sender"] = e.sender;
    if (!e.user.empty()) o["user"] = e.user;
    o["received"] = iso_8601(e.received);
    o["size"] = e.size;
    o["attempts"] = e.attempts;
    // A destination that is down is later than the entry says.
    if (state == "waiting") o["next_attempt"] = iso_8601(all.next_attempt(which));
    for (const auto* where : all.destinations(which))
        if (state == "waiting" && e.attempts == 0 && where->down_until >= all.next_attempt(which))
            o["because"] = where->down_because.reply;
    json::array recipients;
    for (const auto& one : e.recipients)
        recipients.push_back(to_json(one));
    o["recipients"] = std::move(recipients);
    return o;
}

} // namespace refmail::daemon
