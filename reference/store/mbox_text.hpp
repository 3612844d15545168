// Text on its way into an mbox, of one message or of thousands: in memory up to a bound, behind that in a
// file without a name, which is gone when this is. Knows no form of messages (mbox_form.hpp) and touches no
// mbox.
#pragma once
#include "reference/store/mbox_octets.hpp"

namespace refmail::store {

class mbox_text {
  public:
    mbox_text(std::string whole)
        : in_memory_(std::move(whole)) {}
    // `folder`: on the disk, for what does not fit.
    mbox_text(std::string folder, std::size_t most_in_memory)
        : folder_(std::move(folder))
        , most_(most_in_memory) {}
    ~mbox_text();
    mbox_text(const mbox_text&) = delete;
    mbox_text& operator=(const mbox_text&) = delete;

    result<void> add(std::string_view octets);
    void put_in_front(std::string octets) { front_ = std::move(octets); }
    std::uint64_t size() const { return front_.size() + in_file_ + in_memory_.size(); }
    result<void> each(const std::function<result<void>(std::string_view)>& seen) const; // in pieces

  private:
    result<void> spill();

    const std::string folder_;
    const std::size_t most_ = 0;
    std::string front_, in_memory_; // in_memory_: behind what is in the file
    std::uint64_t in_file_ = 0;
    int file_ = -1;
};

} // namespace refmail::store
