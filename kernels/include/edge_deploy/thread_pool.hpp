/* Helper threads for sessions, over std::thread. */
#ifndef EDGE_DEPLOY_THREAD_POOL_HPP
#define EDGE_DEPLOY_THREAD_POOL_HPP
#include <edge_deploy.h>
#include <edge_deploy/error.hpp>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace edge_deploy {

/*
 * `count` threads in all, the caller's among them, or as many as the system grants (without exceptions std::thread ends the
 * process when it is refused). Serves one session, and stays in its place while that is used. Task 0 runs on the caller's
 * thread and each other one always on the same helper.
 */
class ThreadPool {
 public:
  explicit ThreadPool(uint32_t count) : threads_{1, &ThreadPool::run, this} {
    if (count > 1) workers_.reserve(count - 1);
    while (threads_.count < count && add(threads_.count)) threads_.count++;
  }

  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  ~ThreadPool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    start_.notify_all();
    for (std::thread &worker : workers_) worker.join();
  }

  /* For ed_session_init. */
  const ed_threads *get() const { return &threads_; }

 private:
  using Task = void (*)(void *argument, uint32_t index);

  bool add(uint32_t index) {
#if EDGE_DEPLOY_EXCEPTIONS
    try {
      workers_.emplace_back(&ThreadPool::work, this, index);
    } catch (const std::system_error &) {
      return false;
    }
#else
    workers_.emplace_back(&ThreadPool::work, this, index);
#endif
    return true;
  }

  static void run(void *self, uint32_t count, Task task, void *argument) {
    static_cast<ThreadPool *>(self)->share(count, task, argument);
  }

  void share(uint32_t count, Task task, void *argument) {
    if (count == 0) return;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      task_ = task;
      argument_ = argument;
      count_ = count;
      pending_ = count - 1;
      round_++;
    }
    if (count > 1) start_.notify_all();
    task(argument, 0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return pending_ == 0; });
  }

  void work(uint32_t index) {
    uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      start_.wait(lock, [&] { return stopping_ || round_ != seen; });
      if (stopping_) return;
      seen = round_;
      /* A round ends when all who take part in it are done: nobody who does can miss one. */
      if (index >= count_) continue;
      const Task task = task_;
      void *const argument = argument_;
      lock.unlock();
      task(argument, index);
      lock.lock();
      if (--pending_ == 0) done_.notify_one();
    }
  }

  ed_threads threads_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable start_, done_;
  Task task_ = nullptr;
  void *argument_ = nullptr;
  uint32_t count_ = 0, pending_ = 0;
  uint64_t round_ = 0;
  bool stopping_ = false;
};

}  // namespace edge_deploy
#endif
