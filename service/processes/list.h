// SPDX-License-Identifier: Apache-2.0
//
// A doubly linked list through its elements: moving one costs no allocation.
// Not thread-safe; owns nothing.

#ifndef MEMMON_PROCESSES_LIST_H_
#define MEMMON_PROCESSES_LIST_H_

#include <cstddef>

namespace memmon::processes {

template <typename T>
struct Link {
  T* before = nullptr;
  T* after = nullptr;
  bool linked = false;
};

// `kLink` says which link of T: an element may be in several lists.
template <typename T, Link<T> T::*kLink>
class List {
 public:
  T* front() const { return front_; }
  T* back() const { return back_; }
  size_t size() const { return size_; }
  static T* Before(const T* element) { return (element->*kLink).before; }
  static T* After(const T* element) { return (element->*kLink).after; }

  // At the end; from wherever in the list it was.
  void MoveToBack(T* element) {
    if (element == back_) return;
    Remove(element);
    Link<T>& link = element->*kLink;
    link = {back_, nullptr, true};
    (back_ != nullptr ? (back_->*kLink).after : front_) = element;
    back_ = element;
    ++size_;
  }

  // Nothing happens where it is not in the list.
  void Remove(T* element) {
    Link<T>& link = element->*kLink;
    if (!link.linked) return;
    (link.before != nullptr ? (link.before->*kLink).after : front_) = link.after;
    (link.after != nullptr ? (link.after->*kLink).before : back_) = link.before;
    link = {};
    --size_;
  }

  void Clear() {
    front_ = back_ = nullptr;
    size_ = 0;
  }

 private:
  T* front_ = nullptr;
  T* back_ = nullptr;
  size_t size_ = 0;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_LIST_H_
