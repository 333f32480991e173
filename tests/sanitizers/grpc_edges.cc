// SPDX-License-Identifier: Apache-2.0
//
// What Debian's gRPC and Abseil, which were not built for ThreadSanitizer, tell it here: which
// thread waited for which. Without it two threads are seen to touch the same memory, and not
// that one began when the other was done. It is of
//
//   Abseil's locks, which gRPC holds, too;
//   what is handed to gRPC with a batch of operations, which whoever is told of its end gets.
//
// Every program of a build with it has this file, whose functions come before the libraries' of
// the same name, and call them.
//
// Thread safety: that of what they stand before.

#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

// Where the program's functions begin and end, by its linker.
extern "C" const char __executable_start, etext;

namespace {

// The library's own function of that name.
template <class Function>
Function* Real(const std::string& symbol) {
  void* const function = dlsym(RTLD_NEXT, symbol.c_str());
  if (function == nullptr) {
    std::fprintf(stderr, "no library has %s\n", symbol.c_str());
    std::abort();
  }
  return reinterpret_cast<Function*>(function);
}

#define MEMMON_TEXT_(word) #word
#define MEMMON_TEXT(word) MEMMON_TEXT_(word)
// The namespace that Abseil is built with, as the names of its symbols tell it.
constexpr char kAbseil[] = "4absl7" MEMMON_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);

template <class Function>
Function* RealMethod(const char* name) {
  return Real<Function>(std::string("_ZN") + kAbseil + name);
}

// What a wait on `mutex` is to whoever watches it: it is let go of, and then held again.
template <class Wait>
bool Watched(absl::Mutex* mutex, Wait wait) {
  __tsan_mutex_pre_unlock(mutex, 0);
  __tsan_mutex_post_unlock(mutex, 0);
  const bool result = wait();
  __tsan_mutex_pre_lock(mutex, 0);
  __tsan_mutex_post_lock(mutex, 0, 0);
  return result;
}

using Functor = grpc_completion_queue_functor;

// What is called when a batch has ended, by what it is told to.
class Endings {
 public:
  static Endings& Get() {
    static Endings* const endings = new Endings;
    return *endings;
  }
  // From now on whoever calls it has got what this thread has done.
  void Watch(void* tag) {
    __tsan_release(tag);
    if (!IsFunctor(tag)) return;
    auto* const functor = static_cast<Functor*>(tag);
    const std::lock_guard lock(mutex_);
    if (functor->functor_run == Run) return;
    real_[functor] = functor->functor_run;
    functor->functor_run = Run;
  }

 private:
  // Of a queue that calls back a tag is a functor, whose first word is a function of this
  // program's; of others it is an object, whose first word is where its methods are told.
  static bool IsFunctor(const void* tag) {
    const auto* const first = *static_cast<const char* const*>(tag);
    return first >= &__executable_start && first < &etext;
  }
  static void Run(Functor* functor, int ok) {
    decltype(Functor::functor_run) real;
    {
      Endings& endings = Get();
      const std::lock_guard lock(endings.mutex_);
      real = endings.real_.at(functor);
    }
    __tsan_acquire(functor);
    real(functor, ok);
  }

  std::mutex mutex_;
  absl::flat_hash_map<Functor*, decltype(Functor::functor_run)> real_;
};

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const lock = RealMethod<void(Mutex*)>("5Mutex4LockEv");
  __tsan_mutex_pre_lock(this, 0);
  lock(this);
  __tsan_mutex_post_lock(this, 0, 0);
}

bool Mutex::TryLock() {
  static auto* const try_lock = RealMethod<bool(Mutex*)>("5Mutex7TryLockEv");
  __tsan_mutex_pre_lock(this, __tsan_mutex_try_lock);
  const bool held = try_lock(this);
  __tsan_mutex_post_lock(
      this, held ? __tsan_mutex_try_lock : __tsan_mutex_try_lock | __tsan_mutex_try_lock_failed, 0);
  return held;
}

void Mutex::Unlock() {
  static auto* const unlock = RealMethod<void(Mutex*)>("5Mutex6UnlockEv");
  __tsan_mutex_pre_unlock(this, 0);
  unlock(this);
  __tsan_mutex_post_unlock(this, 0);
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const wait = RealMethod<void(CondVar*, Mutex*)>("7CondVar4WaitEPNS0_5MutexE");
  Watched(mutex, [&] { return wait(this, mutex), true; });
}

// WaitWithTimeout ends up here, too.
bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const wait =
      RealMethod<bool(CondVar*, Mutex*, Time)>("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  return Watched(mutex, [&] { return wait(this, mutex, deadline); });
}

ABSL_NAMESPACE_END
}  // namespace absl

extern "C" grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count,
                                                 void* tag, void* reserved) {
  static auto* const start = Real<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
  Endings::Get().Watch(tag);
  return start(call, ops, count, tag, reserved);
}
