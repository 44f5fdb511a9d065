// src/image/ledger.cpp
#include "platter/image/ledger.h"

#include <set>
#include <utility>

#include "holdings.h"
#include "platter/base/digest.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::image {
namespace {

std::optional<Holding> readable(std::string_view key, std::string_view value) {
  try {
    return decode_holding(value);
  } catch (const Error& error) {
    if (error.code() != Errc::damaged) throw;
    log::error("an entry of the ledger cannot be read and is left out",
               {{"key", to_hex(as_bytes(key))}, {"reason", error.what()}});
    return std::nullopt;
  }
}

}  // namespace

Ledger::Ledger(const index::Index& index, const Catalogue& catalogue)
    : index_(index), catalogue_(catalogue) {}

void Ledger::list(const std::optional<std::string>& project, Timestamp from,
                  const std::function<void(const Holding&)>& visit) const {
  // First what is held now: what ends meanwhile is met twice, not never.
  std::set<std::pair<Number, Timestamp>> met;
  const auto now_held = [&](const RecordPtr& record) {
    if (const auto holding = holding_of(*record)) {
      met.emplace(holding->number, holding->from);
      visit(*holding);
    }
    return true;
  };
  if (project) {
    catalogue_.list(*project, Place::images, "", now_held);
  } else {
    catalogue_.list_all(now_held);
  }
  const std::string prefix = project ? holdings_prefix(*project) : "";
  const std::string after = project ? holdings_until(*project, from) : "";
  index_.scan(index::KeySpace::usage, prefix, after,
              [&](std::string_view key, std::string_view value) {
                const auto ended = readable(key, value);
                if (ended && ended->until > from &&
                    !met.contains({ended->number, ended->from})) {
                  visit(*ended);
                }
                return true;
              });
}

}  // namespace platter::image
