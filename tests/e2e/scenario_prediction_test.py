"""What SimulatePrincipalPolicy tells an auditor about the reference policies is what the server then does."""

import json
import unittest

import botocore.exceptions
from scenario import POLICIES, Scenario


class Prediction(Scenario):
    CALLS = {
        "kms:DescribeKey": ("describe_key", {}), "kms:GetKeyPolicy": ("get_key_policy", {"PolicyName": "default"}), "kms:ListGrants": ("list_grants", {}),
        "kms:ListResourceTags": ("list_resource_tags", {}), "kms:ListKeyPolicies": ("list_key_policies", {}),
        "kms:Encrypt": ("encrypt", {"Plaintext": b"x"}), "kms:GenerateDataKey": ("generate_data_key", {"KeySpec": "AES_256"}),
        "kms:GenerateDataKeyWithoutPlaintext": ("generate_data_key_without_plaintext", {"KeySpec": "AES_256"}),
        "kms:TagResource": ("tag_resource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}), "kms:UntagResource": ("untag_resource", {"TagKeys": ["a"]}),
        "kms:UpdateKeyDescription": ("update_key_description", {"Description": "d"}), "kms:DisableKey": ("disable_key", {}),
        "kms:EnableKey": ("enable_key", {}), "kms:ScheduleKeyDeletion": ("schedule_key_deletion", {}), "kms:CancelKeyDeletion": ("cancel_key_deletion", {}),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {name: cls.user(name, json.dumps(json.loads((POLICIES / f"{name}.json").read_text()), separators=(",", ":")))
                      for name in ("key-administrators", "key-users", "auditors")}

    def works(self, person, key, operation, arguments):
        kms = self.server.boto3(aws_access_key_id=person.credentials["AccessKeyId"], aws_secret_access_key=person.credentials["SecretAccessKey"])
        try:
            getattr(kms, operation)(KeyId=key, **arguments)
        except botocore.exceptions.ClientError as error:
            self.assertEqual(error.response["Error"]["Code"], "AccessDeniedException")
            return False
        finally:
            kms.close()
        return True

    def test_comes_true(self):
        policy = self.administrator.aws("kms", "get-key-policy", "--key-id", self.key(), "--policy-name", "default")["Policy"]
        for name, person in self.people.items():
            key = self.key()
            said = self.people["auditors"].aws(
                "iam", "simulate-principal-policy", "--policy-source-arn", person.arn, "--resource-arns", key, "--resource-policy", policy,
                "--resource-owner", f"arn:aws:iam::{self.account}:root", "--caller-arn", person.arn, "--action-names", *self.CALLS)["EvaluationResults"]
            predicted = {one["EvalActionName"]: one["EvalDecision"] == "allowed" for one in said}
            self.assertEqual(predicted, {action: self.works(person, key, *call) for action, call in self.CALLS.items()}, name)
            self.assertEqual(set(predicted.values()), {True, False}, name)
        decision = {one["EvalActionName"]: one["EvalDecision"] for one in said}
        self.assertEqual((decision["kms:DescribeKey"], decision["kms:Encrypt"]), ("allowed", "explicitDeny"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
