// A Maildir: tmp/, new/, cur/ (https://cr.yp.to/proto/maildir.html). A message is written in tmp/,
// synced, and appears in new/ by one rename or link: whoever reads new/ never sees half a message.
// Delivers only; it reads no mail and locks nothing, other programs may use the same folders.
#pragma once
#include "reference/store/file.hpp"

#include <memory>
#include <string>
#include <vector>

namespace refmail::store {

class maildir {
  public:
    // Creates what is missing, durably.
    static result<std::shared_ptr<const maildir>> open(const std::string& path);

    std::string tmp_path(const std::string& name) const { return path_ + "/tmp/" + name; }
    std::string new_path(const std::string& name) const { return path_ + "/new/" + name; }
    const std::shared_ptr<const folder>& fresh() const { return fresh_; } // new/

    // False once somebody removed or replaced it: open it anew.
    bool is_still_there() const;

    // What a crash left in tmp/ more than 36 hours ago, as the Maildir page has it: paths. Counted from when
    // it got there; the time of its content may be that of an old message. `at`: nanoseconds since 1970.
    std::vector<std::string> stale(std::int64_t at) const;

  private:
    maildir() = default;
    std::string path_;
    std::shared_ptr<const folder> fresh_;
};

// A name that no other delivery on any host ever has, also not one of a killed predecessor with our
// process id: seconds, microseconds, process id, a number drawn at the start of the process, and a
// counter. `host` must not contain '/' or ':'.
std::string unique_name(const std::string& host);

} // namespace refmail::store
