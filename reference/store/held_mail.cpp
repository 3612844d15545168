// The queue's envelope files; see the header.
#include "reference/store/held_mail.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace refmail::store {

namespace json = boost::json;

std::string to_json(const held_envelope& e) {
    json::array recipients;
    for (const auto& address : e.recipients)
        recipients.emplace_back(address);
    json::object o;
    o["format"] = 1;
    o["id"] = e.id;
    o["state"] = "held"; // no attempt was made
    o["sender"] = e.sender;
    o["recipients"] = std::move(recipients);
    o["body"] = e.body;
    o["user"] = e.user;
    o["received"] = e.received;
    return json::serialize(o) + "\n";
}

std::expected<held_envelope, std::string> held_envelope_from_json(std::string_view text) {
    boost::system::error_code code;
    const json::value whole = json::parse(json::string_view(text.data(), text.size()), code);
    if (code) return std::unexpected("no JSON: " + code.message());
    const json::object* o = whole.if_object();
    if (!o) return std::unexpected("not a JSON object");
    const json::value* format = o->if_contains("format");
    if (!format || !format->is_int64() || format->as_int64() != 1)
        return std::unexpected("\"format\" is not 1: written by another version");

    held_envelope e;
    const std::pair<const char*, std::string*> texts[] = {{"id", &e.id},
                                                          {"sender", &e.sender},
                                                          {"body", &e.body},
                                                          {"user", &e.user},
                                                          {"received", &e.received}};
    for (const auto& [key, into] : texts) {
        const json::value* value = o->if_contains(key);
        if (!value || !value->is_string())
            return std::unexpected("\"" + std::string(key) + "\" is no string");
        into->assign(value->as_string().data(), value->as_string().size());
    }
    const json::value* recipients = o->if_contains("recipients");
    if (!recipients || !recipients->is_array() || recipients->as_array().empty())
        return std::unexpected("\"recipients\" is no list of addresses");
    for (const auto& address : recipients->as_array()) {
        if (!address.is_string()) return std::unexpected("\"recipients\" is no list of addresses");
        e.recipients.emplace_back(address.as_string().data(), address.as_string().size());
    }
    return e;
}

} // namespace refmail::store
