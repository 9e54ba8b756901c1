"""Goal: the trace that a caller names stands in the audit record and in every log line of his call, and a hostile one stands nowhere.

Method: a real server whose log is JSON and says everything; boto3 and gRPC send traceparent.
"""

import json
import unittest

import kms_grpc
from server import Server, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
VALID = f"00-{TRACE}-00f067aa0ba902b7-01"
HOSTILE = (VALID.upper(), "ff" + VALID[2:], f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-{'0' * 16}-01", VALID + "-more", VALID + "0" * 500,
           f'00-{TRACE[:-1]}"-00f067aa0ba902b7-01', "x", f"{VALID},{VALID}")


class TraceContext(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"log": {"format": "json", "level": "debug"}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def refused(self, traceparent):
        """The request id of a call that fails, so that the log has a line of it."""
        kms = self.server.boto3()
        kms.meta.events.register("before-sign.kms", lambda request, **_: request.headers.add_header("traceparent", traceparent))
        with self.assertRaises(kms.exceptions.NotFoundException) as raised:
            kms.describe_key(KeyId="alias/none")
        return raised.exception.response["ResponseMetadata"]["RequestId"]

    def lines(self):
        return [json.loads(line) for line in self.server.log_path.read_text().splitlines()]

    def record(self, request_id):
        return next(event for event in self.server.audit_events() if event["requestID"] == request_id)

    def test_a_valid_one_stands_in_the_record_and_in_the_log(self):
        request_id = self.refused(VALID)
        self.assertEqual(self.record(request_id)["additionalEventData"]["traceId"], TRACE)
        own = [line for line in self.lines() if line.get("request_id") == request_id]
        self.assertTrue(own)
        self.assertEqual({line.get("trace_id") for line in own}, {TRACE})

    def test_a_hostile_one_is_as_none(self):
        for value in HOSTILE:
            request_id = self.refused(value)
            self.assertNotIn("traceId", self.record(request_id).get("additionalEventData", {}), value)
            self.assertEqual({line.get("trace_id") for line in self.lines() if line.get("request_id") == request_id}, {None}, value)

    def test_grpc_takes_it_from_the_metadata(self):
        import grpc
        messages, stubs = kms_grpc.load()
        random = stubs.KeyManagementServiceStub(self.server.grpc_channel()).GenerateRandom

        def request_id(*metadata):
            _, call = random.with_call(messages.GenerateRandomRequest(number_of_bytes=8), timeout=30, metadata=metadata)
            return dict(call.trailing_metadata())["x-amzn-requestid"]

        def answers():
            try:
                return request_id()
            except grpc.RpcError:
                return None
        self.assertTrue(until(answers))
        traced = lambda *metadata: self.record(request_id(*metadata)).get("additionalEventData", {}).get("traceId")  # noqa: E731
        self.assertEqual(traced(("traceparent", VALID)), TRACE)
        self.assertIsNone(traced(("traceparent", VALID), ("traceparent", VALID)))
        self.assertIsNone(traced())

    def test_every_line_of_the_log_is_one_object_with_time_level_and_event(self):
        self.refused(VALID)
        for line in self.lines():
            self.assertEqual(list(line)[:3], ["time", "level", "event"])
            self.assertTrue(all(isinstance(value, str) for value in line.values()), line)
            text = json.dumps(line)
            for secret in (self.server.user_pin, self.server.credentials["secret_access_key"]):
                self.assertNotIn(secret, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
