// What all sessions share: who lives here, where mail goes, passwords, policies, the certificate.
// Built before the first connection, immutable or thread-safe afterwards, outlives every session.
#pragma once
#include "net/tls_options.hpp"
#include "reference/daemon/admission.hpp"
#include "reference/daemon/authenticator.hpp"
#include "reference/daemon/failed_logins.hpp"
#include "reference/daemon/local_directory.hpp"
#include "reference/daemon/login_spacing.hpp"
#include "reference/daemon/movable_clock.hpp"
#include "reference/daemon/settings.hpp"
#include "reference/imap/policy.hpp"
#include "reference/mailbox/account.hpp"
#include "reference/store/mail_store.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace refmail::daemon {

// One kind of listener.
struct service {
    std::string name; // as in the configuration: smtp submission submissions lmtp imap imaps pop3 pop3s
    bool implicit_tls = false;
};
struct smtp_service : service {
    smtp::policy policy;
};
struct imap_service : service {
    imap::policy policy;
};
struct pop3_service : service {
    pop3::policy policy;
};

class services {
  public:
    // Throws configuration_error: data folder, certificate.
    explicit services(settings wanted);

    std::string new_session_id(); // unique for ever, an atom
    void tidy(); // leftovers in the queue removed; in the background: mailboxes made ready, and tidied
    // Deliveries under way are finished. While the loops that their answers go to are still there.
    void finish();
    // The mailboxes of a user; may block.
    mailbox::result<std::shared_ptr<mailbox::account>> account_of(const std::string& user);

    const settings how;
    movable_clock clock;
    const local_directory directory;
    const std::string certificate_path, key_path;
    std::unique_ptr<store::mail_store> mail;
    authenticator passwords;
    admission door;
    admission users; // of sessions that read mail, by user
    failed_logins failures;
    login_spacing pop3_logins;
    std::vector<std::string> waiting_ids; // of the queue at the start, until it is read
    net::tls_options tls;
    smtp_service smtp, submission, submissions, lmtp;
    imap_service imap, imaps;
    pop3_service pop3, pop3s;
    // Told of each entry that is in the queue now, from any thread; set before the first session.
    std::function<void(const queue::entry&)> queued;

  private:
    std::string id_prefix_;
    std::atomic<unsigned long> sessions_{0};
};

} // namespace refmail::daemon
