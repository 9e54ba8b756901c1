"""What the tests of the IAM API share: a server for each class, refusals by their code, documents."""

import json
import unittest

import botocore.exceptions
from server import Server

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


def trust(account, who="root"):
    return {"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:{who}"}, "Action": "sts:AssumeRole"}]}


class IamCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.iam = cls.server.boto3("iam")
        cls.addClassCleanup(cls.iam.close)
        cls.account = cls.server.account

    def refused(self, code, operation, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            getattr(self.iam, operation)(**parameters)
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], code, error)
        return error

    def user(self, name, **options):
        return self.iam.create_user(UserName=name, **options)["User"]

    def policy(self, name, document=None, **options):
        return self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document or ALLOW), **options)["Policy"]

    def role(self, name, **options):
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(self.account)), **options)["Role"]
