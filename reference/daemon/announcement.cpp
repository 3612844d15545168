// What refmaild says when it is ready; see the header.
#include "reference/daemon/announcement.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

namespace refmail::daemon {
namespace {

constexpr const char* names[] = {"smtp", "submission", "submissions", "lmtp",
                                 "imap", "imaps",      "pop3",        "pop3s"};
constexpr const char* meanings[] = {"mail for the local domains from anybody, STARTTLS",
                                    "mail from users to anybody: STARTTLS, then AUTH",
                                    "the same with TLS from the first octet",
                                    "LMTP, for deliveries from another mail server",
                                    "mail is read by IMAP: STARTTLS, then LOGIN",
                                    "the same with TLS from the first octet",
                                    "mail is read by POP3: STLS, then USER",
                                    "the same with TLS from the first octet"};

} // namespace

std::string ready_json(const services& shared, const server& running, const outgoing_mail& outgoing) {
    namespace json = boost::json;
    json::array accounts;
    for (const auto& one : shared.how.accounts) {
        json::object o;
        o["user"] = one.user;
        o["address"] = shared.directory.address_of(one.user).to_string();
        if (!one.password.empty()) o["password"] = one.password;
        accounts.push_back(std::move(o));
    }
    json::object addresses;
    for (const char* name : names)
        if (const auto& bound = running.addresses_of(name); !bound.empty())
            addresses[name] = to_string(bound.front());
    json::object whole;
    whole["domain"] = shared.how.domains.front();
    whole["accounts"] = std::move(accounts);
    whole["services"] = std::move(addresses);
    whole["certificate"] = shared.certificate_path;
    whole["data"] = shared.how.data;
    if (const auto mbox = mbox_path_of(shared.how); !mbox.empty()) whole["mbox"] = mbox;
    whole["maildir"] = shared.mail->maildir_path("{user}");
    if (const auto control = outgoing.control()) whole["control"] = to_string(*control);
    return json::serialize(whole) + "\n";
}

std::string ready_text(const services& shared, const server& running, const outgoing_mail& outgoing) {
    std::string text = fmt::format("refmaild serves {}\n\n", fmt::join(shared.how.domains, ", "));
    for (std::size_t i = 0; i < std::size(names); ++i)
        for (const auto& bound : running.addresses_of(names[i]))
            text += fmt::format("  {:<12} {:<20} {}\n", names[i], to_string(bound), meanings[i]);
    text += "\n";
    for (const auto& one : shared.how.accounts)
        text += fmt::format("  {:<26} user {:<8} {}\n", shared.directory.address_of(one.user).to_string(),
                            one.user,
                            one.password.empty() ? "password as configured" : "password " + one.password);
    for (const auto& [name, targets] : shared.how.aliases)
        text += fmt::format("  {:<26} alias of {}\n", name + "@" + shared.how.domains.front(),
                            fmt::join(targets, ", "));
    for (const auto& [name, list] : shared.how.lists)
        text += fmt::format("  {:<26} list of {}\n", name + "@" + shared.how.domains.front(),
                            fmt::join(list.members, ", "));
    text += "\n";
    if (const auto mbox = mbox_path_of(shared.how); !mbox.empty())
        text += fmt::format("  INBOX        {}\n", mbox);
    text += fmt::format("  mailboxes    {}\n  certificate  {}\n", shared.mail->maildir_path("{user}"),
                        shared.certificate_path);
    if (const auto control = outgoing.control())
        text += fmt::format("  control      http://{}/queue, or: refmaild queue list --control {}\n",
                            to_string(*control), to_string(*control));
    text += shared.how.relay.anywhere
                ? "\nMail for other domains is sent to wherever it must go. Ctrl-C ends.\n"
                : "\nMail for other domains is sent to hosts on this machine only; the rest waits under " +
                      shared.mail->queue_path() + ". Ctrl-C ends.\n";
    return text;
}

} // namespace refmail::daemon
