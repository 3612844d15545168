// Who lives here, from the settings: accounts with sub-addresses, further addresses, aliases, lists.
// Built once, immutable afterwards, so that all sessions ask it at once. Local-parts of our domains
// are compared without regard to case (RFC 5321 §2.4 leaves that to the receiving host).
#pragma once
#include "reference/daemon/settings.hpp"
#include "reference/smtp/directory.hpp"

#include <map>
#include <set>

namespace refmail::daemon {

class local_directory final : public smtp::directory {
  public:
    explicit local_directory(const settings& s); // s must have passed check()

    smtp::resolution resolve(const message::mailbox& address) const override;
    smtp::resolution find(std::string_view name) const override;
    bool may_send_as(std::string_view user, const message::mailbox& sender) const override;
    message::mailbox address_of(std::string_view user) const override;

    // "alice", "Alice@example.test" -> "alice"; anything else, unchanged in lower case.
    std::string login_name(std::string_view given) const;

  private:
    struct person {
        std::string user;
        std::string full_name;
    };
    bool is_ours(std::string_view domain) const;
    bool is_backed_up(std::string_view domain) const;
    smtp::destination destination_for(const person& p, std::string_view detail) const;
    smtp::resolution resolve_local(std::string_view local_part, std::string domain) const;
    void expand(const std::string& target, std::vector<smtp::destination>& into) const;
    void expand_name(std::string_view local_part, std::vector<smtp::destination>& into) const;
    message::mailbox mailbox_of(const std::string& target) const;

    std::set<std::string> domains_;      // lower case, address literals of ours among them
    std::vector<std::string> backed_up_; // patterns: "*" stands for one label
    std::string first_domain_;
    std::string host_name_;
    std::map<std::string, person, std::less<>> people_; // by local-part, further ones as well
    std::map<std::string, std::vector<std::string>, std::less<>> aliases_;
    std::map<std::string, mailing_list, std::less<>> lists_;
};

} // namespace refmail::daemon
