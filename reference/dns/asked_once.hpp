// Work that many want at the same time is done once: the first does it, the others wait for what comes of it.
// Lives on one executor; may be destroyed while somebody waits.
#pragma once
#include "net/event.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace refmail::dns {

template <class Key, class Value>
class asked_once {
  public:
    explicit asked_once(const boost::asio::any_io_executor& on)
        : executor_(on)
        , under_way_(std::make_shared<flights>()) {}

    net::task<Value> run(Key key, std::function<net::task<Value>()> ask) {
        auto all = under_way_;
        for (auto same = all->find(key); same != all->end(); same = all->find(key)) {
            const auto other = same->second;
            co_await other->landed.wait(net::deadline::never());
            if (other->outcome) co_return *other->outcome;
            // Who asked was stopped: somebody else must.
        }
        const auto own = std::make_shared<flight>(executor_);
        (*all)[key] = own;
        const landing at_the_end{all, key, own};
        auto outcome = co_await ask();
        own->outcome = outcome;
        co_return outcome;
    }

  private:
    struct flight {
        explicit flight(const boost::asio::any_io_executor& on)
            : landed(on) {}
        net::event landed;
        std::optional<Value> outcome;
    };
    using flights = std::map<Key, std::shared_ptr<flight>>;
    struct landing { // also when the coroutine is destroyed on its way
        std::shared_ptr<flights> all;
        Key key;
        std::shared_ptr<flight> own;
        ~landing() {
            all->erase(key);
            own->landed.notify();
        }
    };

    boost::asio::any_io_executor executor_;
    std::shared_ptr<flights> under_way_;
};

} // namespace refmail::dns
