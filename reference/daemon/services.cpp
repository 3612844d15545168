// What all sessions share; see the header.
#include "reference/daemon/services.hpp"

#include "net/tls_context.hpp"
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/store/file_time.hpp"
#include "reference/store/queue_folder.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <unistd.h>

namespace refmail::daemon {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<store::mail_store> open_store(const settings& how) {
    store::mail_store::settings wanted;
    wanted.data = how.data;
    wanted.host = host_name_of(how);
    const auto limits = [](const quota& q) { return store::quota_limits{q.storage, q.messages}; };
    wanted.quota = limits(how.reading.limits);
    for (const auto& one : how.accounts)
        if (one.limits) wanted.quota_of[one.user] = limits(*one.limits);
    wanted.mbox = mbox_path_of(how);
    wanted.mbox_wait = how.mbox.lock_wait;
    wanted.users_set_quota = how.reading.users_set_quota;
    wanted.log = [](const std::string& text) { spdlog::warn(log_line("mailbox").add("note", text).text()); };
    auto opened = store::mail_store::open(wanted);
    if (!opened) throw bad_setting({"data"}, "the data folder", opened.error().text);
    return std::move(*opened);
}

// The configured certificate, or our own: made at the first start, the same at every later one,
// so that a client may pin it.
std::shared_ptr<const net::tls_identity> identity_for(const settings& how, const std::string& certificate,
                                                      const std::string& key) {
    if (how.certificate.empty() && !(fs::exists(certificate) && fs::exists(key))) {
        std::error_code ignored;
        fs::create_directories(fs::path(certificate).parent_path(), ignored);
        std::vector<std::string> names = {host_name_of(how)};
        names.insert(names.end(), how.domains.begin(), how.domains.end());
        names.insert(names.end(), {"localhost", "127.0.0.1", "::1"});
        const auto made = net::tls_identity::self_signed(names);
        if (!made) throw configuration_error(made.error().text);
        if (auto written = (*made)->write_files(certificate, key); !written)
            throw configuration_error(written.error().text);
        return *made;
    }
    const auto loaded = net::tls_identity::from_files(certificate, key);
    if (!loaded) throw bad_setting({"tls"}, "the certificate", loaded.error().text);
    return *loaded;
}

smtp_service make_smtp(const settings& how, const std::string& name, smtp::role role, bool implicit_tls) {
    smtp_service s;
    s.name = name;
    s.implicit_tls = implicit_tls;
    s.policy.role = role;
    s.policy.host_name = host_name_of(how);
    s.policy.limits = how.smtp_limits;
    s.policy.offer_tls = !implicit_tls;
    s.policy.offer_auth = role == smtp::role::submission;
    s.policy.allow_plaintext_auth = how.plaintext_auth;
    s.policy.offer_dsn = offers(how, "DSN");
    s.policy.offer_smtputf8 = offers(how, "SMTPUTF8");
    s.policy.offer_chunking = offers(how, "CHUNKING");
    s.policy.offer_binarymime = offers(how, "BINARYMIME");
    s.policy.offer_requiretls = offers(how, "REQUIRETLS");
    s.policy.allow_vrfy = how.vrfy;
    if (role == smtp::role::mta) s.policy.refuse_service = how.refuse_service;
    s.policy.allow_expn = how.expn;
    s.policy.check_sender_rights = how.check_senders;
    s.policy.foreign_from = how.foreign_from;
    return s;
}

imap_service make_imap(const settings& how, const std::string& name, bool implicit_tls) {
    imap_service s;
    s.name = name;
    s.implicit_tls = implicit_tls;
    s.policy.host_name = host_name_of(how);
    s.policy.version = MAILSPEC_VERSION;
    s.policy.limits.message_size = how.smtp_limits.message_size;
    s.policy.limits.auth_failures = how.smtp_limits.auth_failures;
    s.policy.offer_tls = !implicit_tls;
    s.policy.allow_plaintext_auth = how.reading.plaintext_auth;
    s.policy.offer_compression = offers(how, "COMPRESS");
    s.policy.literal_plus = offers(how, "LITERAL+");
    s.policy.offer_quotaset = how.reading.users_set_quota;
    return s;
}

pop3_service make_pop3(const settings& how, const std::string& name, bool implicit_tls) {
    pop3_service s;
    s.name = name;
    s.implicit_tls = implicit_tls;
    s.policy.host_name = host_name_of(how);
    s.policy.implementation = "refmaild-" MAILSPEC_VERSION;
    s.policy.limits.auth_failures = how.smtp_limits.auth_failures;
    s.policy.offer_tls = !implicit_tls;
    s.policy.allow_plaintext = how.reading.plaintext_auth;
    s.policy.apop = how.reading.apop;
    s.policy.offer_utf8 = offers(how, "UTF8");
    s.policy.login_delay = static_cast<unsigned>(how.reading.pop3_login_delay.count());
    return s;
}

std::string own_file(const settings& how, const std::string& configured, const char* name) {
    return configured.empty() ? (fs::path(how.data) / "tls" / name).string() : configured;
}

} // namespace

services::services(settings wanted)
    : how(std::move(wanted))
    , directory(how)
    , certificate_path(own_file(how, how.certificate, "certificate.pem"))
    , key_path(own_file(how, how.key, "key.pem"))
    , mail(open_store(how))
    , passwords(how, directory)
    , door(how.limits.sessions, how.limits.sessions_per_address)
    , users(SIZE_MAX, how.reading.sessions_per_user)
    , failures(how.limits.failed_logins)
    , pop3_logins(how.reading.pop3_login_delay)
    , smtp(make_smtp(how, "smtp", smtp::role::mta, false))
    , submission(make_smtp(how, "submission", smtp::role::submission, false))
    , submissions(make_smtp(how, "submissions", smtp::role::submission, true))
    , lmtp(make_smtp(how, "lmtp", smtp::role::lmtp, false))
    , imap(make_imap(how, "imap", false))
    , imaps(make_imap(how, "imaps", true))
    , pop3(make_pop3(how, "pop3", false))
    , pop3s(make_pop3(how, "pop3s", true)) {
    tls.role = net::tls_role::server;
    tls.min_version = net::tls_version::tls1_2; // RFC 8996 §4, §5
    tls.identity = identity_for(how, certificate_path, key_path);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    id_prefix_ = fmt::format("{:x}{:08x}", std::chrono::duration_cast<std::chrono::seconds>(now).count(),
                             std::random_device{}());
}

void services::tidy() {
    auto found = store::tidy_queue(*mail);
    if (found.leftovers_removed > 0)
        spdlog::info(log_line("queue").add("leftovers_removed", found.leftovers_removed).text());
    waiting_ids = std::move(found.ids);
    for (const auto& one : how.accounts)
        mail->post([this, user = one.user] {
            const auto removed = mail->remove_stale(user, store::nanoseconds_now());
            if (!removed)
                spdlog::error(
                    log_line("mailbox").add("user", user).add("error", removed.error().text).text());
            else if (*removed > 0)
                spdlog::info(
                    log_line("mailbox").add("user", user).add("stale_files_removed", *removed).text());
        });
}

void services::finish() {
    mail->finish();
    passwords.finish();
    spdlog::info(log_line("stopped").text());
}

mailbox::result<std::shared_ptr<mailbox::account>> services::account_of(const std::string& user) {
    return mail->account_of(user);
}

// The second of the start and a random number tell us from every predecessor, killed or not.
std::string services::new_session_id() {
    return fmt::format("{}-{:x}", id_prefix_, ++sessions_);
}

} // namespace refmail::daemon
