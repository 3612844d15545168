// The header section of a submitted message: mended where RFC 6409 §8 says how, refused where §4.2, §5.1
// and §6.3 say so. Adds From, Date, Message-ID when missing, replaces malformed ones of the last two, gives
// addresses without a domain that of the user, removes Bcc, and checks that addresses have their syntax and
// full domains, and that the author is the user. Works field by field as the message streams by; holds
// nothing but what it must remember.
#pragma once
#include "reference/message/date_time.hpp"
#include "reference/smtp/directory.hpp"
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/header_editor.hpp"
#include "reference/smtp/policy.hpp"

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace refmail::smtp {

class submission_header final : public delivery_header {
  public:
    submission_header(const policy& p, const directory& d, std::shared_ptr<const envelope> e,
                      message::timestamp now);

    void field(const message::header_field& f) override;
    void end(bool ended_badly) override;

  private:
    bool seen(std::string_view name) const { return seen_.contains(std::string(name)); }
    void check_repetition(const message::header_field& f, const std::string& name);
    std::string completed(const message::header_field& f) const;
    void check_addresses(const message::header_field& f, const std::string& name);
    void write(const message::header_field& f, const std::string& name);
    bool is_own(const message::mailbox& address) const;
    bool is_complete(const message::mailbox& address) const;
    void add_missing();

    const policy& policy_;
    const directory& directory_;
    std::shared_ptr<const envelope> envelope_;
    message::timestamp now_;
    message::characters allowed_; // RFC 6531: UTF-8 in addresses where MAIL had SMTPUTF8
    std::set<std::string> seen_;  // names of fields, lower case; only those that are looked at
    std::string held_sender_;     // the Sender field: whether it stays is known at the end
    bool own_author_ = false;     // From or Sender names one of the user's addresses
    bool own_sender_ = false;
};

} // namespace refmail::smtp
