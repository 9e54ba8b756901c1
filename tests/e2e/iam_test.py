"""Users, groups and roles by the IAM API of the real server: every operation once, with its failures."""

import json
import unittest

from iam_case import ADMINISTRATOR_ACCESS, ALLOW, IamCase, trust


class Users(IamCase):
    def test_has_a_life(self):
        made = self.user("alice", Path="/division/", Tags=[{"Key": "team", "Value": "a & b <c>"}])
        self.assertEqual(made["Arn"], f"arn:aws:iam::{self.account}:user/division/alice")
        self.assertTrue(made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21)
        self.iam.tag_user(UserName="alice", Tags=[{"Key": "Team", "Value": "é"}, {"Key": "b", "Value": ""}])
        self.assertEqual(self.iam.get_user(UserName="alice")["User"]["Tags"], [{"Key": "Team", "Value": "é"}, {"Key": "b", "Value": ""}])
        self.iam.untag_user(UserName="alice", TagKeys=["TEAM"])
        self.assertEqual(self.iam.list_user_tags(UserName="alice")["Tags"], [{"Key": "b", "Value": ""}])
        self.iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/")
        self.refused("NoSuchEntity", "get_user", UserName="alice")
        self.assertEqual(self.iam.get_user(UserName="alicia")["User"]["UserId"], made["UserId"])
        self.iam.delete_user(UserName="alicia")
        self.refused("NoSuchEntity", "delete_user", UserName="alicia")

    def test_has_a_name_once_whatever_its_case(self):
        self.user("Bob")
        error = self.refused("EntityAlreadyExists", "create_user", UserName="BOB")
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 409)
        self.assertEqual(error["Error"]["Type"], "Sender")
        self.assertEqual(error["Error"]["Message"], "User with name BOB already exists.")
        self.refused("NoSuchEntity", "get_user", UserName="bob")
        self.user("carl")
        self.refused("EntityAlreadyExists", "update_user", UserName="carl", NewUserName="bob")
        self.iam.update_user(UserName="Bob", NewUserName="bob")
        self.assertEqual(self.iam.get_user(UserName="bob")["User"]["UserName"], "bob")

    def test_is_refused_in_bad_forms(self):
        self.refused("ValidationError", "create_user", UserName="a b")
        self.refused("ValidationError", "create_user", UserName="x" * 65)
        self.refused("ValidationError", "create_user", UserName="x", Path="no/slash")
        self.refused("InvalidInput", "create_user", UserName="x", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])
        self.refused("InvalidInput", "create_user", UserName="x", Tags=[{"Key": "aws:a", "Value": "1"}])
        self.refused("NoSuchEntity", "create_user", UserName="x", PermissionsBoundary=f"arn:aws:iam::{self.account}:policy/none")
        self.refused("NoSuchEntity", "get_user", UserName="x")

    def test_is_listed_by_path_and_page(self):
        names = [f"listed{i:02}" for i in range(5)]
        for name in names:
            self.user(name, Path="/listed/")
        pages = list(self.iam.get_paginator("list_users").paginate(PathPrefix="/listed/", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["Users"]) for page in pages], [2, 2, 1])
        self.assertEqual([user["UserName"] for page in pages for user in page["Users"]], names)
        self.refused("ValidationError", "list_users", Marker="bm90IG9uZQ==")
        self.assertEqual(self.iam.list_users(PathPrefix="/none/")["Users"], [])

    def test_is_the_caller_when_none_is_named(self):
        me = self.iam.get_user()["User"]
        self.assertEqual(me["UserName"], "administrator")
        attached = self.iam.list_attached_user_policies(UserName="administrator")["AttachedPolicies"]
        self.assertEqual(attached, [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR_ACCESS}])

    def test_goes_only_when_nothing_hangs_on_it(self):
        self.user("last")
        key = self.iam.create_access_key(UserName="last")["AccessKey"]["AccessKeyId"]
        self.refused("DeleteConflict", "delete_user", UserName="last")
        self.iam.delete_access_key(UserName="last", AccessKeyId=key)
        self.iam.put_user_policy(UserName="last", PolicyName="p", PolicyDocument=json.dumps(ALLOW))
        self.refused("DeleteConflict", "delete_user", UserName="last")
        self.iam.delete_user_policy(UserName="last", PolicyName="p")
        self.iam.attach_user_policy(UserName="last", PolicyArn=ADMINISTRATOR_ACCESS)
        self.refused("DeleteConflict", "delete_user", UserName="last")
        self.iam.detach_user_policy(UserName="last", PolicyArn=ADMINISTRATOR_ACCESS)
        self.iam.create_group(GroupName="last-group")
        self.iam.add_user_to_group(GroupName="last-group", UserName="last")
        self.refused("DeleteConflict", "delete_user", UserName="last")
        self.iam.remove_user_from_group(GroupName="last-group", UserName="last")
        self.iam.put_user_permissions_boundary(UserName="last", PermissionsBoundary=ADMINISTRATOR_ACCESS)
        self.iam.delete_user(UserName="last")
        self.assertEqual(self.iam.list_entities_for_policy(PolicyArn=ADMINISTRATOR_ACCESS, PolicyUsageFilter="PermissionsBoundary")["PolicyUsers"], [])


class Groups(IamCase):
    def test_has_members_and_a_life(self):
        made = self.iam.create_group(GroupName="auditors", Path="/g/")["Group"]
        self.assertEqual(made["Arn"], f"arn:aws:iam::{self.account}:group/g/auditors")
        self.refused("EntityAlreadyExists", "create_group", GroupName="AUDITORS")
        self.user("member")
        self.refused("NoSuchEntity", "add_user_to_group", GroupName="auditors", UserName="nobody")
        self.refused("NoSuchEntity", "add_user_to_group", GroupName="none", UserName="member")
        for _ in range(2):
            self.iam.add_user_to_group(GroupName="auditors", UserName="member")
        self.assertEqual([user["UserName"] for user in self.iam.get_group(GroupName="auditors")["Users"]], ["member"])
        self.refused("DeleteConflict", "delete_group", GroupName="auditors")
        self.iam.attach_group_policy(GroupName="auditors", PolicyArn=ADMINISTRATOR_ACCESS)
        self.iam.update_group(GroupName="auditors", NewGroupName="readers", NewPath="/")
        self.assertEqual([group["GroupName"] for group in self.iam.list_groups_for_user(UserName="member")["Groups"]], ["readers"])
        self.iam.update_user(UserName="member", NewUserName="renamed")
        self.assertEqual([user["UserName"] for user in self.iam.get_group(GroupName="readers")["Users"]], ["renamed"])
        entities = self.iam.list_entities_for_policy(PolicyArn=ADMINISTRATOR_ACCESS)
        self.assertEqual([group["GroupName"] for group in entities["PolicyGroups"]], ["readers"])
        self.assertEqual([group["GroupName"] for group in self.iam.list_groups()["Groups"]], ["readers"])
        self.iam.remove_user_from_group(GroupName="readers", UserName="renamed")
        self.refused("NoSuchEntity", "remove_user_from_group", GroupName="readers", UserName="renamed")
        self.refused("DeleteConflict", "delete_group", GroupName="readers")
        self.iam.detach_group_policy(GroupName="readers", PolicyArn=ADMINISTRATOR_ACCESS)
        self.iam.delete_group(GroupName="readers")
        self.refused("NoSuchEntity", "get_group", GroupName="readers")

    def test_takes_a_user_into_ten_of_them(self):
        self.user("joiner")
        for i in range(11):
            self.iam.create_group(GroupName=f"g{i}")
        for i in range(10):
            self.iam.add_user_to_group(GroupName=f"g{i}", UserName="joiner")
        self.refused("LimitExceeded", "add_user_to_group", GroupName="g10", UserName="joiner")


class Roles(IamCase):
    def test_has_a_life(self):
        made = self.role("worker", Path="/r/", Description="works", MaxSessionDuration=7200, Tags=[{"Key": "k", "Value": "v"}])
        self.assertEqual(made["AssumeRolePolicyDocument"], trust(self.account))
        self.assertTrue(made["RoleId"].startswith("AROA"))
        got = self.iam.get_role(RoleName="worker")["Role"]
        self.assertEqual((got["Description"], got["MaxSessionDuration"], got["Tags"]), ("works", 7200, [{"Key": "k", "Value": "v"}]))
        self.iam.update_role(RoleName="worker", Description="rests", MaxSessionDuration=3600)
        self.assertEqual(self.iam.update_role_description(RoleName="worker", Description="sleeps")["Role"]["MaxSessionDuration"], 3600)
        other = trust(self.account, "user/administrator")
        self.iam.update_assume_role_policy(RoleName="worker", PolicyDocument=json.dumps(other))
        self.assertEqual(self.iam.list_roles(PathPrefix="/r/")["Roles"][0]["AssumeRolePolicyDocument"], other)
        self.iam.tag_role(RoleName="worker", Tags=[{"Key": "l", "Value": "w"}])
        self.iam.untag_role(RoleName="worker", TagKeys=["k"])
        self.assertEqual(self.iam.list_role_tags(RoleName="worker")["Tags"], [{"Key": "l", "Value": "w"}])
        self.assertEqual(self.iam.list_instance_profiles_for_role(RoleName="worker")["InstanceProfiles"], [])
        self.iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=ADMINISTRATOR_ACCESS)
        self.assertEqual(self.iam.get_role(RoleName="worker")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"], ADMINISTRATOR_ACCESS)
        self.iam.delete_role_permissions_boundary(RoleName="worker")
        self.refused("NoSuchEntity", "delete_role_permissions_boundary", RoleName="worker")
        self.iam.delete_role(RoleName="worker")
        self.refused("NoSuchEntity", "get_role", RoleName="worker")

    def test_is_refused_in_bad_forms(self):
        for document in ("{", json.dumps(ALLOW), json.dumps({"Version": "2012-10-17"})):
            self.refused("MalformedPolicyDocument", "create_role", RoleName="bad", AssumeRolePolicyDocument=document)
        large = trust(self.account)
        large["Statement"] *= 40
        self.refused("LimitExceeded", "create_role", RoleName="bad", AssumeRolePolicyDocument=json.dumps(large))
        self.refused("ValidationError", "create_role", RoleName="bad", AssumeRolePolicyDocument=json.dumps(trust(self.account)), MaxSessionDuration=43201)
        self.role("taken")
        self.refused("EntityAlreadyExists", "create_role", RoleName="Taken", AssumeRolePolicyDocument=json.dumps(trust(self.account)))
        self.refused("NoSuchEntity", "update_role", RoleName="none")


if __name__ == "__main__":
    unittest.main()
