"""The servers that other tests stand on."""

import smtplib

import psycopg2
import redis

from tests.servers import Letters, PostgresServer, TurnServer


def test_postgresql_refuses_overlaps_and_keeps_utc(postgres_server: PostgresServer) -> None:
    url = postgres_server.fresh("probe").replace("+psycopg2", "")
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION btree_gist")
        cursor.execute("SELECT extname FROM pg_extension WHERE extname = 'btree_gist'")
        assert cursor.fetchone() == ("btree_gist",)
    connection.close()


def test_redis_answers(redis_url: str) -> None:
    client = redis.from_url(redis_url)
    assert client.ping()
    client.close()


def test_coturn_listens(turn_server: TurnServer) -> None:
    assert turn_server.urls[0].startswith("turn:127.0.0.1:")


def test_letters_arrive(smtp_server: Letters) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as connection:
        connection.sendmail("a@peerlearn.test", ["b@peerlearn.test"], "Subject: Hello\r\n\r\nBody\r\n")
    assert [letter["Subject"] for letter in smtp_server.letters] == ["Hello"]
