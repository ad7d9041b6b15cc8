#pragma once

#include <memory>
#include <string>

#include <bora/database/querier.h>
#include <bora/filters/rate_limit_store.h>

namespace bora::filters {

/// Keeps the counts of a RateLimit in a database that processes and machines share: in the table
/// bora_rates, which stores::make_tables() makes. The clocks of the processes give the time.
/// `database` must outlive the store. Each request takes one statement, a refused one two.
std::shared_ptr<RateLimitStore> database_rate_limit(database::Database& database);

}  // namespace bora::filters
