#include "metrics/page.h"

#include <gtest/gtest.h>

namespace kmaas::metrics {
namespace {

TEST(Page, HasEachFamilyOnceWithItsHelpAndType) {
  Page page;
  page.Counter("a_total", "What a is.", std::uint64_t{3}, {{"kind", "x"}});
  page.Gauge("b", "What b is.", 0.5);
  page.Counter("a_total", "ignored", std::uint64_t{4}, {{"kind", "y"}});
  EXPECT_EQ(page.Text(),
            "# HELP a_total What a is.\n# TYPE a_total counter\n"
            "a_total{kind=\"x\"} 3\na_total{kind=\"y\"} 4\n"
            "# HELP b What b is.\n# TYPE b gauge\nb 0.5\n");
}

TEST(Page, WritesHistogramsCumulatively) {
  Page page;
  page.Histogram("d", "Durations.", {{0.1, 1}, {2, 0, 5}, 7.5});
  EXPECT_EQ(page.Text(),
            "# HELP d Durations.\n# TYPE d histogram\n"
            "d_count 7\nd_sum 7.5\n"
            "d_bucket{le=\"0.1\"} 2\nd_bucket{le=\"1\"} 2\nd_bucket{le=\"+Inf\"} 7\n");
}

TEST(Page, EscapesWhatWouldEndALabelOrALine) {
  Page page;
  page.Gauge("g", "Help.", 1, {{"label", "a\"b\\c\nd"}});
  EXPECT_EQ(page.Text(), "# HELP g Help.\n# TYPE g gauge\ng{label=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(Page, KeepsLargeCountsExact) {
  Page page;
  page.Counter("c_total", "Help.", std::uint64_t{9'007'199'254'740'991});
  EXPECT_NE(page.Text().find("c_total 9007199254740991\n"), std::string::npos) << page.Text();
}

}  // namespace
}  // namespace kmaas::metrics
