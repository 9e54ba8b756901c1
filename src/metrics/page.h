// What a scrape is answered with: families of samples, written in Prometheus's text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kmaas::metrics {

// Names and values. Values come from bounded sets: never a key, an account or a principal.
using Labels = std::vector<std::pair<std::string, std::string>>;

// How many samples fell into each class; `counts` has one more than `bounds_seconds`, for what is
// longer.
struct Durations {
  std::vector<double> bounds_seconds;
  std::vector<std::uint64_t> counts;
  double sum_seconds = 0;
};

// One scrape. Not thread-safe. Samples of one name form one family, whose help and type are those
// of its first sample.
class Page {
 public:
  Page();
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  void Counter(const std::string& name, const std::string& help, double value,
               const Labels& labels = {});
  void Counter(const std::string& name, const std::string& help, std::uint64_t value,
               const Labels& labels = {}) {
    Counter(name, help, static_cast<double>(value), labels);
  }
  void Gauge(const std::string& name, const std::string& help, double value,
             const Labels& labels = {});
  void Histogram(const std::string& name, const std::string& help, const Durations& durations,
                 const Labels& labels = {});

  std::string Text() const;
  static constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace kmaas::metrics
