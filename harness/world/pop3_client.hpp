// The harness's own client of POP3, for what surrounds a case: reading what was delivered, emptying a
// maildrop. It judges nothing; what does not go as it should is a sentence with the server's words. RFC 1939;
// RFC 2449 (CAPA, IN-USE); STLS of RFC 2595 where no password is taken without; UTF8 of RFC 6856 where it is
// offered.
#pragma once
#include "harness/wire/pop3_response.hpp"
#include "harness/world/client_result.hpp"
#include "net/byte_stream.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace mailspec::world {

class pop3_client {
  public:
    struct settings {
        bool tls_first = false; // pop3s
        std::chrono::milliseconds patience{10000};
        // Every read and write, for a transcript; may be empty.
        std::function<void(bool sent, std::string_view octets)> told;
    };
    pop3_client(net::stream_ptr stream, settings how);

    // TLS where it is due, the greeting, a password. A maildrop that another session holds is tried again for
    // a moment.
    net::task<client_result<void>> log_in(std::string user, std::string password);
    // Anything but +OK is an error: "RETR was answered by ...".
    net::task<client_result<wire::pop3_response>> demand(std::string line, bool lines_follow = false);

  private:
    net::task<client_result<wire::pop3_response>> ask(std::string line, bool lines_follow = false);
    net::task<client_result<wire::pop3_response>> response(bool lines_follow);
    net::task<client_result<void>> start_tls();
    net::task<client_result<wire::pop3_response>> send_password(std::string user, std::string password);

    net::stream_ptr stream_;
    settings how_;
    std::string unread_;
};

} // namespace mailspec::world
