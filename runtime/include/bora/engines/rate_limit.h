#pragma once

#include <memory>
#include <string>

#include <bora/database/querier.h>
#include <bora/filters/rate_limit_store.h>

namespace bora::filters {

/// Counts of a RateLimit in a database that processes and machines share: in the table bora_rates,
/// which stores::make_tables() makes. Time is taken from the clocks of the processes. `database`
/// must outlive it. One statement for each request; two for one that is refused.
std::shared_ptr<RateLimitStore> database_rate_limit(database::Database& database);

}  // namespace bora::filters
