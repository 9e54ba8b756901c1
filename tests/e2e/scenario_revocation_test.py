"""What is taken away is gone for the very next call of the real command line."""

import base64
import unittest

from scenario import Scenario, allow, document, statement, trust


class Revocation(Scenario):
    def working(self, person, key):
        """A call that works now."""
        call = ("kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        person.aws(*call)
        return call

    def test_of_an_attached_policy(self):
        policy = self.iam.create_policy(PolicyName="use", PolicyDocument=allow("kms:Encrypt"))["Policy"]["Arn"]
        ron = self.user("ron")
        self.administrator.aws("iam", "attach-user-policy", "--user-name", "ron", "--policy-arn", policy)
        call = self.working(ron, self.key())
        self.administrator.aws("iam", "create-policy-version", "--policy-arn", policy, "--policy-document", allow("kms:Decrypt"), "--set-as-default")
        self.refused("AccessDeniedException", ron, *call)
        self.administrator.aws("iam", "set-default-policy-version", "--policy-arn", policy, "--version-id", "v1")
        ron.aws(*call)
        self.administrator.aws("iam", "detach-user-policy", "--user-name", "ron", "--policy-arn", policy)
        self.refused("AccessDeniedException", ron, *call)

    def test_of_a_membership(self):
        self.iam.create_group(GroupName="users")
        self.iam.put_group_policy(GroupName="users", PolicyName="own", PolicyDocument=allow("kms:Encrypt"))
        rita = self.user("rita")
        self.administrator.aws("iam", "add-user-to-group", "--group-name", "users", "--user-name", "rita")
        call = self.working(rita, self.key())
        self.administrator.aws("iam", "remove-user-from-group", "--group-name", "users", "--user-name", "rita")
        self.refused("AccessDeniedException", rita, *call)

    def test_of_an_access_key_and_of_the_sessions_got_with_it(self):
        rob = self.user("rob", allow("kms:Encrypt"))
        call = self.working(rob, self.key())
        session = type(rob)(self.server, rob.aws("sts", "get-session-token")["Credentials"], rob.arn)
        session.aws(*call)
        access_key = ("--user-name", "rob", "--access-key-id", rob.credentials["AccessKeyId"])
        self.administrator.aws("iam", "update-access-key", *access_key, "--status", "Inactive")
        self.refused("UnrecognizedClientException", rob, *call)
        self.refused("UnrecognizedClientException", session, *call)
        self.administrator.aws("iam", "update-access-key", *access_key, "--status", "Active")
        rob.aws(*call)
        self.administrator.aws("iam", "delete-access-key", *access_key)
        self.refused("UnrecognizedClientException", rob, *call)
        self.refused("UnrecognizedClientException", session, *call)

    def test_of_a_place_in_a_key_policy(self):
        rosa = self.user("rosa")
        key = self.key(self.delegating({"Effect": "Allow", "Principal": {"AWS": rosa.arn}, "Action": "kms:Encrypt", "Resource": "*"}))
        call = self.working(rosa, key)
        self.put_key_policy(key, self.delegating())
        self.refused("AccessDeniedException", rosa, *call)

    def test_of_a_grant(self):
        rick, key = self.user("rick"), self.key()
        grant = self.administrator.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", rick.arn, "--operations", "Encrypt")["GrantId"]
        call = self.working(rick, key)
        self.administrator.aws("kms", "revoke-grant", "--key-id", key, "--grant-id", grant)
        self.refused("AccessDeniedException", rick, *call)

    def test_of_what_a_role_may_and_of_its_sessions(self):
        ruth = self.user("ruth")
        role = self.role("workers", trust(ruth.arn), allow("kms:Encrypt"))
        acting = ruth.assume(role)
        call = self.working(acting, self.key())
        # As AWS's console revokes the sessions of a role.
        older = document(statement("Deny", "*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}))
        self.administrator.aws("iam", "put-role-policy", "--role-name", "workers", "--policy-name", "AWSRevokeOlderSessions", "--policy-document", older)
        self.assertIn("explicit deny", self.refused("AccessDeniedException", acting, *call))
        self.administrator.aws("iam", "delete-role-policy", "--role-name", "workers", "--policy-name", "AWSRevokeOlderSessions")
        acting.aws(*call)
        self.administrator.aws("iam", "update-assume-role-policy", "--role-name", "workers", "--policy-document", trust(self.administrator.arn))
        self.refused("AccessDenied", ruth, "sts", "assume-role", "--role-arn", role, "--role-session-name", "again")
        self.iam.delete_role_policy(RoleName="workers", PolicyName="own")
        self.administrator.aws("iam", "delete-role", "--role-name", "workers")
        self.refused("UnrecognizedClientException", acting, *call)


if __name__ == "__main__":
    unittest.main(verbosity=2)
