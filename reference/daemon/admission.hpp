// How many sessions there may be, in all and from one address. A pass is held as long as the
// session lasts. Thread-safe.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace refmail::daemon {

class admission {
  public:
    admission(std::size_t in_all, std::size_t per_address)
        : in_all_(in_all)
        , per_address_(per_address) {}

    enum class verdict { admitted, full, too_many_from_there };
    class pass {
      public:
        pass(admission& from, std::string address)
            : from_(from)
            , address_(std::move(address)) {}
        ~pass() { from_.leave(address_); }
        pass(const pass&) = delete;
        pass& operator=(const pass&) = delete;

      private:
        admission& from_;
        std::string address_;
    };

    verdict enter(const std::string& address, std::unique_ptr<pass>& into);
    std::size_t now() const;

  private:
    void leave(const std::string& address);

    const std::size_t in_all_, per_address_;
    mutable std::mutex lock_;
    std::size_t total_ = 0;
    std::map<std::string, std::size_t> by_address_;
};

} // namespace refmail::daemon
