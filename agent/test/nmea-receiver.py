"""A GNSS receiver on a pseudo-terminal, whose name it prints: each second of this machine's clock, plus the given seconds, as NMEA 0183."""
import os, pty, sys, time, tty

def sentence(body):
    check = 0
    for character in body:
        check ^= ord(character)
    return "$%s*%02X\r\n" % (body, check)

ahead = int(sys.argv[1])
main, end = pty.openpty()
tty.setraw(end)
print(os.ttyname(end), flush=True)
while True:
    now = time.time()
    second = int(now) + 1
    time.sleep(second - now)
    t = time.gmtime(second + ahead)
    hms = time.strftime("%H%M%S.00", t)
    out = sentence("GPRMC,%s,A,4807.038,N,01131.000,E,000.0,000.0,%s,,,A" % (hms, time.strftime("%d%m%y", t)))
    out += sentence("GPGGA,%s,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,," % hms)
    out += sentence("GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.8,1.0,1.5")
    os.write(main, out.encode())
