module truebound

go 1.19
