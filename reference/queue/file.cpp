// An entry as JSON; see the header.
#include "reference/queue/file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <optional>

namespace refmail::queue {
namespace {

namespace json = boost::json;

constexpr const char* state_names[] = {"waiting", "done", "failed"};
constexpr const char* ret_names[] = {"", "FULL", "HDRS"};
constexpr const char* body_names[] = {"", "7BIT", "8BITMIME", "BINARYMIME"};

struct wrong {
    std::string why;
};

// RFC 3461 §4.1, as the sender wrote it: "NEVER", or a list; "" when nothing was said.
std::string notify_text(const message::notify& n) {
    if (!n.given) return "";
    if (n.never) return "NEVER";
    std::string all;
    const std::pair<bool, const char*> each[] = {
        {n.success, "SUCCESS"}, {n.failure, "FAILURE"}, {n.delay, "DELAY"}};
    for (const auto& [wanted, name] : each)
        if (wanted) all += all.empty() ? name : std::string(",") + name;
    return all;
}

message::notify notify_from(std::string_view text) {
    message::notify n;
    n.given = !text.empty();
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        if (word == "NEVER")
            n.never = true;
        else if (word == "SUCCESS")
            n.success = true;
        else if (word == "FAILURE")
            n.failure = true;
        else if (word == "DELAY")
            n.delay = true;
        else
            throw wrong{"\"notify\" is not what NOTIFY may be"};
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return n;
}

json::object to_object(const recipient& r) {
    json::object o;
    const auto text = [&o](const char* key, const std::string& value) {
        if (!value.empty()) o[key] = value;
    };
    o["address"] = r.address;
    o["state"] = state_names[static_cast<int>(r.state)];
    text("original_type", r.original_type);
    text("original", r.original);
    text("accepted_as", r.accepted_as);
    text("notify", notify_text(r.notify));
    text("last_host", r.last_host);
    text("last_reply", r.last_reply);
    text("status", r.status);
    if (r.last_attempt) o["last_attempt"] = r.last_attempt;
    if (r.delay_reported) o["delay_reported"] = true;
    return o;
}

// Reads keys of an object; what is missing keeps the default, what is of another type is an error.
class fields {
  public:
    explicit fields(const json::value& v)
        : object_(v.if_object()) {
        if (!object_) throw wrong{"not a JSON object"};
    }
    const json::value* find(const char* key) const { return object_->if_contains(key); }
    std::string text(const char* key) const {
        const auto* value = find(key);
        if (!value) return "";
        if (!value->is_string()) throw wrong{"\"" + std::string(key) + "\" is no string"};
        return std::string(value->as_string().data(), value->as_string().size());
    }
    std::string needed_text(const char* key) const {
        if (!find(key)) throw wrong{"\"" + std::string(key) + "\" is missing"};
        return text(key);
    }
    std::int64_t number(const char* key) const {
        const auto* value = find(key);
        if (!value) return 0;
        boost::system::error_code code;
        const auto number = value->to_number<std::int64_t>(code);
        if (code || number < 0) throw wrong{"\"" + std::string(key) + "\" is no number"};
        return number;
    }
    bool flag(const char* key) const {
        const auto* value = find(key);
        if (!value) return false;
        if (!value->is_bool()) throw wrong{"\"" + std::string(key) + "\" is neither true nor false"};
        return value->as_bool();
    }
    const json::array& list(const char* key) const {
        const auto* value = find(key);
        if (!value || !value->is_array() || value->as_array().empty())
            throw wrong{"\"" + std::string(key) + "\" is no list"};
        return value->as_array();
    }
    template <class Choice, std::size_t N>
    Choice choice(const char* key, const char* const (&names)[N]) const {
        const auto value = text(key);
        for (std::size_t i = 0; i < N; ++i)
            if (value == names[i]) return static_cast<Choice>(i);
        throw wrong{"\"" + std::string(key) + "\" is '" + value + "', which means nothing"};
    }

  private:
    const json::object* object_;
};

recipient recipient_from(const json::value& v) {
    const fields f(v);
    recipient r;
    r.address = f.needed_text("address");
    r.state = f.choice<enum recipient::state>("state", state_names);
    r.original_type = f.text("original_type");
    r.original = f.text("original");
    r.accepted_as = f.text("accepted_as");
    r.notify = notify_from(f.text("notify"));
    r.last_host = f.text("last_host");
    r.last_reply = f.text("last_reply");
    r.status = f.text("status");
    r.last_attempt = f.number("last_attempt");
    r.delay_reported = f.flag("delay_reported");
    return r;
}

entry read_2(const fields& f) {
    entry e;
    e.id = f.needed_text("id");
    e.sender = f.needed_text("sender");
    e.envelope_id = f.text("envelope_id");
    e.ret = f.choice<enum entry::ret>("ret", ret_names);
    e.body = f.choice<enum entry::body>("body", body_names);
    e.smtputf8 = f.flag("smtputf8");
    e.require_tls = f.flag("require_tls");
    e.user = f.text("user");
    e.submitter = f.text("submitter");
    e.from_host = f.text("from_host");
    e.from_address = f.text("from_address");
    e.received = f.number("received");
    e.size = static_cast<std::uint64_t>(f.number("size"));
    e.has_eight_bit = f.flag("has_eight_bit");
    e.attempts = static_cast<std::uint32_t>(f.number("attempts"));
    e.next_attempt = f.number("next_attempt");
    e.held = f.flag("held");
    for (const auto& one : f.list("recipients"))
        e.recipients.push_back(recipient_from(one));
    return e;
}

// "2026-11-22T05:39:50Z"
seconds_since_1970 time_from(const std::string& text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    bool fits = text.size() == form.size();
    for (std::size_t i = 0; fits && i < form.size(); ++i)
        fits = form[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i];
    if (!fits) throw wrong{"\"received\" is no time"};
    const auto number = [&text](std::size_t at, std::size_t digits) {
        return std::stoi(text.substr(at, digits));
    };
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!date.ok()) throw wrong{"\"received\" is no time"};
    const auto midnight = std::chrono::sys_days(date).time_since_epoch();
    const auto since = midnight + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
                       std::chrono::seconds(number(17, 2));
    return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

// Written before refmaild could send: nobody had been tried, so it is due at once.
entry read_1(const fields& f) {
    entry e;
    e.id = f.needed_text("id");
    e.sender = f.needed_text("sender");
    e.body = f.choice<enum entry::body>("body", body_names);
    e.user = f.text("user");
    e.received = time_from(f.needed_text("received"));
    e.next_attempt = e.received;
    e.has_eight_bit = e.body == entry::body::eight_bit_mime; // what it says; nobody had looked
    for (const auto& address : f.list("recipients")) {
        if (!address.is_string()) throw wrong{"\"recipients\" is no list of addresses"};
        recipient r;
        r.address.assign(address.as_string().data(), address.as_string().size());
        e.recipients.push_back(std::move(r));
    }
    return e;
}

} // namespace

std::string to_json(const entry& e) {
    json::object o;
    const auto text = [&o](const char* key, const std::string& value) {
        if (!value.empty()) o[key] = value;
    };
    const auto flag = [&o](const char* key, bool value) {
        if (value) o[key] = true;
    };
    o["format"] = 2;
    o["id"] = e.id;
    o["sender"] = e.sender;
    text("envelope_id", e.envelope_id);
    text("ret", ret_names[static_cast<int>(e.ret)]);
    text("body", body_names[static_cast<int>(e.body)]);
    flag("smtputf8", e.smtputf8);
    flag("require_tls", e.require_tls);
    text("user", e.user);
    text("submitter", e.submitter);
    text("from_host", e.from_host);
    text("from_address", e.from_address);
    o["received"] = e.received;
    o["size"] = e.size;
    flag("has_eight_bit", e.has_eight_bit);
    o["attempts"] = e.attempts;
    o["next_attempt"] = e.next_attempt;
    flag("held", e.held);
    json::array recipients;
    for (const auto& one : e.recipients)
        recipients.push_back(to_object(one));
    o["recipients"] = std::move(recipients);
    return json::serialize(o) + "\n";
}

std::expected<entry, std::string> entry_from_json(std::string_view text) {
    boost::system::error_code code;
    const json::value whole = json::parse(json::string_view(text.data(), text.size()), code);
    if (code) return std::unexpected("no JSON: " + code.message());
    try {
        const fields f(whole);
        const auto format = f.number("format");
        if (format == 1) return read_1(f);
        if (format == 2) return read_2(f);
        return std::unexpected("\"format\" is neither 1 nor 2: written by another version");
    } catch (const wrong& w) {
        return std::unexpected(w.why);
    }
}

} // namespace refmail::queue
