"""Goal: AWS's own SDKs cannot tell the server from AWS by the shape of what it answers. Method: every operation of the service model
that botocore carries, through the newest boto3 and @aws-sdk/client-kms, which tests/clients/install pins: right calls with the required
members only and with all members; then one of those with each member in turn beyond each of its bounds, left out, or of another JSON
type. Each answer has exactly members that the model knows, with values that it admits; each refusal is an error that the model lists for
the operation, or one of those of every service; what was refused has changed nothing. No case is skipped: one that cannot be sent, or an
operation or member without a call, fails."""

import concurrent.futures
import datetime
import json
import unittest

from newest_clients import Boto3, JavaScript  # before whatever imports boto3
from service_model import SERVER_FAULTS, answer_problems, beyond_limits, errors_of, members_in, members_of, wrong_types
from service_model_calls import CALLS, NEWER_MEMBERS, UNLISTED_ERRORS
from service_model_world import World
from spoilt_calls import rows

OPERATIONS_AT_LEAST = 56
PROBLEMS_SHOWN = 100
REFUSED = {"ValidationException", "SerializationException"}


# boto3 has this member, the other SDK not yet, and leaves it out of what it writes.
NOT_SENT = {("@aws-sdk/client-kms", "ListKeys", f"ResourceOwners {what}") for what in ("too many", "a member no such value", "a member another case")}


def is_known(operation, what):
    """Whether the case is about a member that the server knows."""
    return f"{operation.name}.{what.split()[0]}" not in NEWER_MEMBERS


def is_wire_time(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_time(value):
    return isinstance(value, datetime.datetime)


class ServiceModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World().__enter__()
        cls.addClassCleanup(cls.world.__exit__)
        cls.clients = [Boto3(cls.world.server), JavaScript(cls.world.server)]
        for client in cls.clients:
            cls.addClassCleanup(client.close)
        cls.model = cls.clients[0].model
        cls.problems = []

    def setUp(self):
        self.problems = []
        self.cases = 0

    def tearDown(self):
        print(f"{self.id().rsplit('.', 1)[1]}: {self.cases} calls, {len(self.problems)} problems")
        if self.problems:
            self.fail("\n".join([f"{len(self.problems)} problems in {self.cases} calls, the first of them:", *self.problems[:PROBLEMS_SHOWN]]))

    def require(self, holds, *told):
        if not holds:
            self.problems.append(" | ".join(str(one)[:600] for one in told))

    # --- right calls -------------------------------------------------------------------------------------------------------
    def test_has_calls_of_every_operation_with_every_member(self):
        self.assertGreaterEqual(len(self.model.operation_names), OPERATIONS_AT_LEAST)
        for name in self.model.operation_names:
            made = [call for call in CALLS if call.operation == name]
            self.require(made, name, "no call of it")
            left = {one for one in members_of(self.model.operation_model(name).input_shape) if f"{name}.{one}" not in NEWER_MEMBERS}
            for call in made:
                self.cases += 1
                try:
                    left -= members_in(call.request(self.world))
                except Exception as fault:  # whatever kept the world from making what the call needs
                    self.require(False, name, call.label, f"its request could not be made: {type(fault).__name__}: {fault}")
            self.require(not left, name, f"no call has {sorted(left)}")

    def test_answers_right_calls_as_the_model_says(self):
        for client in self.clients:
            for call in CALLS:
                try:
                    request = call.request(self.world)
                except Exception as fault:
                    self.require(False, client.name, call.operation, call.label, f"its request could not be made: {type(fault).__name__}: {fault}")
                    continue
                self.check_right_call(client, call, client.call(call.operation, request))

    def check_right_call(self, client, call, answer):
        self.cases += 1
        told = (client.name, call.operation, call.label)
        operation = self.model.operation_model(call.operation)
        self.require(answer.unsent is None, *told, answer)
        self.require(bool(answer.error) == bool(call.error), *told, answer)
        if answer.error:
            self.require(call.error is None or answer.error in call.error, *told, f"expected {call.error}", answer)
            self.check_error(told, operation, answer)
        elif answer.output is not None:
            for value, known in ((answer.output, is_time), (answer.wire, is_wire_time)):
                if value is not None:
                    for problem in answer_problems(operation, value, call.must, known):
                        self.require(False, *told, problem)

    def check_error(self, told, operation, answer):
        listed = answer.error in errors_of(operation) or (operation.name, answer.error) in UNLISTED_ERRORS
        self.require(listed, *told, "the model does not list", answer)
        self.require(answer.status == (500 if answer.error in SERVER_FAULTS else 400), *told, "status", answer)
        self.require(answer.request_id, *told, "no request id", answer)
        modelled = {shape.name for shape in operation.error_shapes}
        self.require(answer.modelled or answer.error not in modelled, *told, "raised as no exception of the model", answer)

    # --- wrong calls -------------------------------------------------------------------------------------------------------
    def good_request(self, operation):
        """Of the first call, or of the first that succeeds; unneeded members go, so that only one is wrong."""
        call = next((one for one in CALLS if one.operation == operation and one.error is None), None)
        call = call or next(one for one in CALLS if one.operation == operation)
        try:
            return call.request(self.world)
        except Exception as fault:
            self.require(False, operation, call.label, f"its request could not be made: {type(fault).__name__}: {fault}")
            return {}

    def send_all(self, cases):
        """Each client sends all of them, in order, while the others send theirs."""
        def of(client):
            return [(client, name, what, client.call(name, request, body)) for name, what, request, body in cases]
        with concurrent.futures.ThreadPoolExecutor(len(self.clients)) as pool:
            return [one for answered in pool.map(of, self.clients) for one in answered]

    def expect_refusals(self, make_cases, admitted):
        requests = {name: self.good_request(name) for name in self.model.operation_names}
        cases = [(name, *case) for name, good in requests.items() for case in make_cases(self.model.operation_model(name), good)]
        self.assertGreater(len(cases), len(requests))
        before = rows(self.world.server)
        for client, name, what, answer in self.send_all(cases):
            self.cases += 1
            operation = self.model.operation_model(name)
            told = (client.name, name, what)
            self.require(answer.unsent is None, *told, answer)
            if answer.error is None and told in NOT_SENT:
                continue
            self.require(answer.error, *told, "was not refused", answer)
            if answer.error:
                self.require(answer.error in admitted(operation), *told, answer)
                self.check_error(told, operation, answer)
        after = rows(self.world.server)
        self.require(before == after, "what was refused changed", [table for table in before if before[table] != after[table]])

    def test_refuses_every_member_beyond_its_bounds_or_left_out(self):
        def cases(operation, good):
            return [(what, request, None) for what, request in beyond_limits(operation, good) if is_known(operation, what)]
        self.expect_refusals(cases, lambda operation: REFUSED | {shape.name for shape in operation.error_shapes} - SERVER_FAULTS)

    def test_refuses_every_member_of_another_type(self):
        def cases(operation, good):
            return [(what, {}, body) for what, body in wrong_types(operation, good) if is_known(operation, what)]
        self.expect_refusals(cases, lambda operation: REFUSED)

    def test_finds_what_is_wrong_with_an_answer(self):
        """Or the answers above would prove nothing."""
        self.cases += 1
        operation = self.model.operation_model("DescribeKey")
        good = json.loads(json.dumps(self.clients[0].call("DescribeKey", {"KeyId": self.world.symmetric}).wire))
        self.assertEqual(answer_problems(operation, good, {"KeyMetadata"}, is_wire_time), [])
        metadata = good["KeyMetadata"]
        for planted in ({}, {"KeyMetadata": {**metadata, "Novel": 1}}, {"KeyMetadata": {**metadata, "KeyState": "Sleeping"}},
                        {"KeyMetadata": {**metadata, "CreationDate": "today"}}, {"KeyMetadata": {**metadata, "Enabled": "true"}},
                        {"KeyMetadata": {key: value for key, value in metadata.items() if key != "KeyId"}},
                        {"KeyMetadata": {**metadata, "Arn": "arn"}}, {"KeyMetadata": [metadata]}):
            self.assertNotEqual(answer_problems(operation, planted, {"KeyMetadata"}, is_wire_time), [], planted)


if __name__ == "__main__":
    unittest.main(verbosity=2)
