#include "metrics/page.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <unordered_map>

namespace kmaas::metrics {

struct Page::Families {
  std::vector<prometheus::MetricFamily> all;
  std::unordered_map<std::string, std::size_t> index;

  prometheus::ClientMetric& Sample(const std::string& name, const std::string& help,
                                   prometheus::MetricType type, const Labels& labels) {
    const auto [found, is_new] = index.emplace(name, all.size());
    if (is_new) all.push_back({name, help, type, {}});
    prometheus::ClientMetric& sample = all[found->second].metric.emplace_back();
    for (const auto& [label, value] : labels) sample.label.push_back({label, value});
    return sample;
  }
};

Page::Page() : families_(std::make_unique<Families>()) {}
Page::~Page() = default;

void Page::Counter(const std::string& name, const std::string& help, double value,
                   const Labels& labels) {
  families_->Sample(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Page::Gauge(const std::string& name, const std::string& help, double value,
                 const Labels& labels) {
  families_->Sample(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Page::Histogram(const std::string& name, const std::string& help, const Durations& durations,
                     const Labels& labels) {
  auto& histogram =
      families_->Sample(name, help, prometheus::MetricType::Histogram, labels).histogram;
  for (std::size_t i = 0; i < durations.counts.size(); ++i) {
    histogram.sample_count += durations.counts[i];
    const double bound = i < durations.bounds_seconds.size()
                             ? durations.bounds_seconds[i]
                             : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = durations.sum_seconds;
}

std::string Page::Text() const { return prometheus::TextSerializer().Serialize(families_->all); }

}  // namespace kmaas::metrics
