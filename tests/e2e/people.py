"""People with an access key of their own."""

import json


def make_acceptor(server, name, allowed=True):
    """Somebody who may agree that an older database goes on, or may not. Answers the access key."""
    iam = server.boto3("iam")
    iam.create_user(UserName=name)
    if allowed:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kmaas:AcceptRollback", "Resource": "*"}]}
        iam.put_user_policy(UserName=name, PolicyName="restore", PolicyDocument=json.dumps(document))
    return iam.create_access_key(UserName=name)["AccessKey"]


def make_acceptors(server):
    return [make_acceptor(server, name) for name in ("alice", "bob")]
