// include/platter/service/late_hashes.h
//
// The published hash of images that are too long to be hashed before close()
// returns: a sparse raw disk of terabytes is uploaded in a moment, but hashing
// its zeros takes hours. They are active without os_hash_value meanwhile.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "platter/image/catalogue.h"
#include "platter/store/store.h"

namespace platter::service {

// Thread-safe.
class LateHashes {
 public:
  // Both must outlive it.
  LateHashes(store::Store& store, image::Catalogue& catalogue);
  // Gives up what is under way; it is asked for again after a restart.
  ~LateHashes();

  // Works out the image's hash, by its os_hash_algo, in the background.
  void add(image::Number number);

 private:
  void run();
  void hash(image::Number number);
  // Whether it is still worth going on with.
  bool is_wanted(const image::Record& record);

  store::Store& store_;
  image::Catalogue& catalogue_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::set<image::Number> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace platter::service
