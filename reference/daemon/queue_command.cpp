// `refmaild queue ...`; see the header.
#include "reference/daemon/queue_command.hpp"

#include "reference/daemon/clock.hpp"
#include "reference/daemon/control_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace refmail::daemon {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& o, std::string_view key) {
    const auto* value = o.if_contains(json::string_view(key.data(), key.size()));
    return value && value->is_string() ? std::string(value->as_string().c_str()) : "";
}

std::uint64_t count_of(const json::object& o, std::string_view key) {
    const auto* value = o.if_contains(json::string_view(key.data(), key.size()));
    boost::system::error_code code;
    return value ? value->to_number<std::uint64_t>(code) : 0;
}

std::string plural(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// A remote host's words: on one line, and nothing that a terminal would obey.
std::string printable(std::string_view text) {
    std::string made;
    for (const unsigned char c : text) {
        if (c == '\n')
            made += " / ";
        else if (c >= ' ' && c != 0x7f)
            made += static_cast<char>(c);
        else
            made += '?';
    }
    return made;
}

std::string recipient_text(const json::object& r) {
    std::string line = fmt::format("  to    {}", printable(text_of(r, "address")));
    const auto reply = printable(text_of(r, "last_reply"));
    const auto host = printable(text_of(r, "last_host"));
    if (const auto state = text_of(r, "state"); state != "waiting") line += ", " + state;
    if (!reply.empty())
        line += host.empty() ? fmt::format("\n        {}", reply)
                             : fmt::format("\n        {} said: {}", host, reply);
    return line + "\n";
}

std::string path_for(const queue_order& order) {
    if (order.action == "list") return "/queue";
    if (order.action == "run") return "/queue/run";
    if (order.action == "show") return "/queue/" + order.subject;
    return "/queue/" + order.subject + "/" + order.action;
}

std::string body_for(const queue_order& order) {
    if (order.action == "list" || order.action == "show") return "";
    json::object wanted;
    if (order.action == "run" && !order.subject.empty()) wanted["domain"] = order.subject;
    return json::serialize(wanted);
}

std::string done_text(const queue_order& order, const json::object& answer) {
    const std::pair<const char*, const char*> words[] = {
        {"hold", "is held until it is released"},
        {"release", "is tried now"},
        {"delete", "is deleted; nobody is told"},
        {"bounce", "is given up; its sender is told"},
    };
    if (order.action == "run") {
        const auto waiting = count_of(answer, "waiting");
        return waiting ? fmt::format("tried; {} in the queue now\n", plural(waiting, "message"))
                       : "tried; the queue is empty\n";
    }
    for (const auto& [action, what] : words)
        if (order.action == action) return fmt::format("{} {}\n", order.subject, what);
    return "";
}

} // namespace

std::string seen_from(const std::string& now, const std::string& time) {
    const auto here = seconds_from_iso_8601(now), there = seconds_from_iso_8601(time);
    if (!here || !there) return time;
    const auto apart = std::llabs(*there - *here);
    const std::string span = apart < 120         ? fmt::format("{} s", apart)
                             : apart < 2 * 3600  ? fmt::format("{} min", apart / 60)
                             : apart < 2 * 86400 ? fmt::format("{} h", apart / 3600)
                                                 : fmt::format("{} days", apart / 86400);
    if (apart == 0) return "now";
    return *there > *here ? "in " + span : span + " ago";
}

std::string message_text(const json::object& message, const std::string& now) {
    std::string text = fmt::format("{}  {}", text_of(message, "id"), text_of(message, "state"));
    if (const auto attempts = count_of(message, "attempts")) text += ", " + plural(attempts, "attempt");
    if (const auto next = text_of(message, "next_attempt"); !next.empty())
        text += ", next " + seen_from(now, next);
    const auto sender = printable(text_of(message, "sender"));
    text +=
        fmt::format("\n  from  {}, {}, {}\n", sender.empty() ? "<>" : sender,
                    plural(count_of(message, "size"), "octet"), seen_from(now, text_of(message, "received")));
    if (const auto* all = message.if_contains("recipients"); all && all->is_array())
        for (const auto& one : all->as_array())
            if (one.is_object()) text += recipient_text(one.as_object());
    if (const auto because = printable(text_of(message, "because")); !because.empty())
        text += fmt::format("  because: {}\n", because);
    return text;
}

std::string list_text(const json::object& answer) {
    const auto total = count_of(answer, "total");
    if (total == 0) return "The queue is empty.\n";
    std::string text = fmt::format("{} in the queue\n", plural(total, "message"));
    const auto* all = answer.if_contains("messages");
    if (!all || !all->is_array()) return text;
    for (const auto& one : all->as_array())
        if (one.is_object()) text += "\n" + message_text(one.as_object(), text_of(answer, "now"));
    if (all->as_array().size() < total)
        text += fmt::format("\nand {} more\n", total - all->as_array().size());
    return text;
}

int carry_out(const queue_order& order) {
    const std::string address = order.control.empty() ? control_address_in(order.data) : order.control;
    const auto answer = ask_control(address, path_for(order), body_for(order));
    if (!answer) {
        std::fprintf(stderr, "refmaild: %s\n", answer.error().c_str());
        return 1;
    }
    std::string text = done_text(order, *answer);
    if (order.json)
        text = json::serialize(*answer) + "\n";
    else if (order.action == "list")
        text = list_text(*answer);
    else if (order.action == "show")
        text = message_text(*answer, text_of(*answer, "now"));
    std::fputs(text.c_str(), stdout);
    return 0;
}

} // namespace refmail::daemon
